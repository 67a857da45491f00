"""Limits that a process sets itself before it touches anything from outside: memory, files, and Linux system calls.

seccomp's filter is written out here for the two processors that servers have; libseccomp is not on every machine.
"""

import ctypes
import platform
import resource
import signal
import struct

from liveclass.parent_death import end_with_parent

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
"""_REFUSE fails with EPERM: what asks for a file in passing, such as an import, can go on."""
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _THIRD_ARGUMENT = 0, 4, 32
"""Offsets in seccomp_data of linux/seccomp.h; of an argument, its lower half."""
_PROT_EXEC = 4

_SYSTEM_CALLS = {
    # machine: (AUDIT_ARCH_…, mmap, mprotect, and what is allowed: read, write, close, munmap, brk, rt_sigreturn,
    # mremap, madvise, sendto, recvfrom, exit, futex, clock_gettime, exit_group, getrandom, rt_sigprocmask, sched_yield)
    "x86_64": (0xC000003E, 9, 10, (0, 1, 3, 11, 12, 15, 25, 28, 44, 45, 60, 202, 228, 231, 318, 14, 24)),
    "aarch64": (0xC00000B7, 222, 226, (63, 64, 57, 215, 214, 139, 216, 233, 206, 207, 93, 98, 113, 94, 278, 135, 124)),
}


def confine(extra_memory: int) -> bool:
    """Takes `extra_memory` bytes at most from now on, opens nothing, and makes no other system calls.

    Returns whether the filter of system calls could be set; the other limits hold anyway. The process has one thread.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    end_with_parent(signal.SIGKILL)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    with open("/proc/self/statm") as file:  # noqa: PTH123  # pathlib is not worth its import here
        used = int(file.read().split()[0]) * resource.getpagesize()
    for kind, limit in (
        (resource.RLIMIT_AS, used + extra_memory),
        (resource.RLIMIT_CORE, 0),  # no picture in a core dump
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    return _filter_system_calls(libc)


def _filter_system_calls(libc: ctypes.CDLL) -> bool:
    if platform.machine() not in _SYSTEM_CALLS:
        return False
    program = b"".join(_instructions(platform.machine()))
    buffer = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        """struct sock_fprog of linux/filter.h."""

        _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    argument = Program(len(program) // 8, ctypes.addressof(buffer))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(argument), 0, 0) == 0)


def _instructions(machine: str) -> list[bytes]:
    """The filter as instructions of Berkeley Packet Filters."""
    architecture, mmap, mprotect, allowed = _SYSTEM_CALLS[machine]
    code = [
        _instruction(_LOAD, 0, 0, _ARCHITECTURE),
        _instruction(_JUMP_IF_EQUAL, 1, 0, architecture),
        _instruction(_RETURN, 0, 0, _KILL),
        _instruction(_LOAD, 0, 0, _NUMBER),
    ]
    for number in allowed:
        code += [_instruction(_JUMP_IF_EQUAL, 0, 1, number), _instruction(_RETURN, 0, 0, _ALLOW)]
    return [
        *code,
        _instruction(_JUMP_IF_EQUAL, 2, 0, mmap),
        _instruction(_JUMP_IF_EQUAL, 1, 0, mprotect),
        _instruction(_RETURN, 0, 0, _REFUSE),
        # Memory, but none that can be run as a program.
        _instruction(_LOAD, 0, 0, _THIRD_ARGUMENT),
        _instruction(_JUMP_IF_ANY_BIT, 0, 1, _PROT_EXEC),
        _instruction(_RETURN, 0, 0, _REFUSE),
        _instruction(_RETURN, 0, 0, _ALLOW),
    ]


def _instruction(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
