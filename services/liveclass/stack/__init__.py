"""The whole system on one machine: Triton and both services as child processes.

Used by `liveclass up`, `liveclass demo` and the end-to-end tests. Linux only, like Triton's Python package.
"""

from liveclass.stack.ports import Ports, StackError
from liveclass.stack.stack import DECLARATION, Stack

__all__ = ["DECLARATION", "Ports", "Stack", "StackError"]
