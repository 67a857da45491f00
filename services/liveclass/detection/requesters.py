"""Who requests work, for fair sharing: tenants get equal shares, then callers, then connections, then sources."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from liveclass.runtime.fair_queue import Path

MAX_SOURCES = 256
"""Sources of one connection that have a share each; further ones share one share between them."""

ESTABLISHED_AFTER = 3
"""Frames of a source before it gets a share of its own, so that a new name for each frame gets none."""

_FORGET_SECONDS = 60.0
_MAX_NEWCOMERS = _MAX_PEERS = 1024
_NEWCOMERS = ("newcomers",)


class Requester(NamedTuple):
    """Who requests a piece of work."""

    peer: str = ""
    """Address and port of the caller, as gRPC names it."""
    source: Hashable = None
    """Session and source."""
    tenant: str = ""
    subject: str = ""
    """Of the caller; empty where it is not known."""


@dataclass
class _Peer:
    established: OrderedDict[Hashable, float] = field(default_factory=OrderedDict)
    """When each was last admitted, oldest first."""
    newcomers: OrderedDict[Hashable, int] = field(default_factory=OrderedDict)
    """How many frames of each were admitted, oldest first."""


class EstablishedSources:
    """Tells sources that keep sending from names that are used once. Bounded in memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._peers: OrderedDict[Hashable, _Peer] = OrderedDict()

    def path(self, requester: Requester) -> Path:
        """Its shares, the outermost first: the tenant, the subject or else the address, the connection, the source."""
        host = requester.subject or requester.peer.rpartition(":")[0]
        known = self._peers.get(_connection(requester))
        is_established = known is not None and requester.source in known.established
        return (requester.tenant, host, requester.peer, requester.source if is_established else _NEWCOMERS)

    def note_admitted(self, requester: Requester) -> None:
        """A piece of its work was admitted."""
        now = self._clock()
        connection = _connection(requester)
        peer = self._peers.setdefault(connection, _Peer())
        self._peers.move_to_end(connection)
        _trim(self._peers, _MAX_PEERS)
        source = requester.source
        if source in peer.established or self._may_be_established(peer, source, now):
            peer.established[source] = now
            peer.established.move_to_end(source)
            return
        peer.newcomers[source] = peer.newcomers.pop(source, 0) + 1
        _trim(peer.newcomers, _MAX_NEWCOMERS)

    @staticmethod
    def _may_be_established(peer: _Peer, source: Hashable, now: float) -> bool:
        if peer.newcomers.get(source, 0) < ESTABLISHED_AFTER - 1:
            return False
        while peer.established and next(iter(peer.established.values())) < now - _FORGET_SECONDS:
            peer.established.popitem(last=False)
        if len(peer.established) >= MAX_SOURCES:
            return False
        del peer.newcomers[source]
        return True


def _connection(requester: Requester) -> Hashable:
    """A gateway brings several callers over one connection."""
    return (requester.tenant, requester.subject, requester.peer)


def _trim(names: "OrderedDict[Any, Any]", most: int) -> None:
    while len(names) > most:
        names.popitem(last=False)
