"""Channels to services, in plaintext or with TLS, the same for the SDK and for services that call one another."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import grpc

from liveclass.paths import is_loopback
from liveclass.tls import Pem, PemFiles, Tls, TlsError

HTTPS = "https://"

_RETIRED_SECONDS = 3600.0
"""Longer than any stream lives: a connection that was replaced is kept for so long."""

Channel = Any  # grpc.Channel or grpc.aio.Channel, which have no type in common
Connect = Callable[[Pem], Channel]


def target(address: str) -> str:
    """GRPC's name for an address: a bare host:port is looked up in DNS, so that all its replicas are found.

    `https://HOST[:PORT]` is the same, by default port 443. `ipv4:HOST:PORT,HOST:PORT` names several replicas where no
    DNS does. Raises `TlsError` for an https address with more than a host and a port.
    """
    if address.startswith(HTTPS):
        host = address.removeprefix(HTTPS).rstrip("/")
        if not host or set(host) & set("/?#@"):
            raise TlsError(f"{address} is no address of a service; write it as https://host:port")
        has_port = ":" in host.rpartition("]")[2]
        return f"dns:///{host}" if has_port else f"dns:///{host}:443"
    has_scheme = "://" in address or address.startswith(("unix:", "ipv4:", "ipv6:"))
    return address if has_scheme else f"dns:///{address}"


def uses_tls(address: str, tls: Tls | None) -> bool:
    """TLS is asked for by the address, or by naming files."""
    return tls is not None or address.startswith(HTTPS)


def is_local_address(address: str) -> bool:
    """Whether gRPC's name for an address, or for several, leads to this machine only."""
    if address.startswith("unix:"):
        return True
    hosts = address.rpartition("/")[2].removeprefix("ipv4:").removeprefix("ipv6:").split(",")
    return all(is_loopback(host.rpartition(":")[0]) for host in hosts)


def open_channel(module: Any, address: str, tls: Tls | None, **settings: Any) -> Channel:
    """A channel of `module`, which is grpc or grpc.aio, in plaintext or with TLS as `uses_tls` says.

    `settings` are gRPC's own for a channel. Raises `TlsError`.
    """
    goal = target(address)
    if not uses_tls(address, tls):
        return module.insecure_channel(goal, **settings)
    return RenewedChannel(lambda pem: module.secure_channel(goal, credentials(pem), **settings), tls or Tls())


def credentials(pem: Pem) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(pem.ca, pem.key, pem.certificate)


class RenewedChannel:
    """Stands for a channel to the stubs that use it, and follows the files of its certificates.

    Calls begun after a change go over a new connection; those in flight finish on theirs. Raises `TlsError`.
    """

    def __init__(self, connect: Connect, tls: Tls) -> None:
        self._connect, self._files = connect, PemFiles(tls)
        self._lock = threading.Lock()
        self._open(self._files.contents())
        self._retired: list[tuple[float, Channel]] = []

    def unary_unary(self, *args: Any, **kwargs: Any) -> "_Method":
        return _Method(self, "unary_unary", args, kwargs)

    def unary_stream(self, *args: Any, **kwargs: Any) -> "_Method":
        return _Method(self, "unary_stream", args, kwargs)

    def stream_unary(self, *args: Any, **kwargs: Any) -> "_Method":
        return _Method(self, "stream_unary", args, kwargs)

    def stream_stream(self, *args: Any, **kwargs: Any) -> "_Method":
        return _Method(self, "stream_stream", args, kwargs)

    def close(self, *grace: float | None) -> Any:
        """As the channel's own: to be awaited where it is one of asyncio."""
        closing = [channel.close(*grace) for channel in (self._channel, *(old for _, old in self._retired))]
        return asyncio.gather(*closing) if asyncio.iscoroutine(closing[0]) else None

    def current(self) -> Channel:
        """The channel with the certificates that the files hold now."""
        with self._lock:
            contents = self._files.contents()
            if contents is not self._contents:
                now = time.monotonic()
                self._retired = [(since, old) for since, old in self._retired if now - since < _RETIRED_SECONDS]
                self._retired.append((now, self._channel))
                self._open(contents)
            return self._channel

    def _open(self, contents: Pem) -> None:
        self._contents, self._channel = contents, self._connect(contents)


class _Method:
    """One method of a service, always called over the current channel."""

    def __init__(self, owner: RenewedChannel, kind: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._owner, self._kind, self._args, self._kwargs = owner, kind, args, kwargs
        self._made: tuple[Channel, Any] = (None, None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._callable()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:  # with_call and future, which interceptors use
        return getattr(self._callable(), name)

    def _callable(self) -> Any:
        channel = self._owner.current()
        made_for, method = self._made
        if made_for is not channel:
            method = getattr(channel, self._kind)(*self._args, **self._kwargs)
            self._made = (channel, method)
        return method
