"""Whose work it is, for sharing what there is: callers get alike, and a caller's sources share what it gets."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from liveclass.runtime.fair_queue import Path

MOST_SOURCES = 256
"""Sources of one connection that have a share each; further ones share one share between them."""

ESTABLISHED_AFTER = 3
"""Frames of a source before it has a share of its own: names made up for each frame have none."""

_FORGET_SECONDS = 60.0
_MOST_NEWCOMERS = _MOST_PEERS = 1024
_NEWCOMERS = ("newcomers",)


class Claimant(NamedTuple):
    """Who wants a share."""

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
    """When each was last let in, the oldest first."""
    newcomers: OrderedDict[Hashable, int] = field(default_factory=OrderedDict)
    """How many frames of each were let in, the oldest first."""


class EstablishedSources:
    """Tells the sources that keep sending from names that are made up. Bounded in memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._peers: OrderedDict[Hashable, _Peer] = OrderedDict()

    def path(self, claimant: Claimant) -> Path:
        """Its shares, the outermost first: the tenant, the subject or else the address, the connection, the source."""
        host = claimant.subject or claimant.peer.rpartition(":")[0]
        known = self._peers.get(_connection(claimant))
        is_established = known is not None and claimant.source in known.established
        return (claimant.tenant, host, claimant.peer, claimant.source if is_established else _NEWCOMERS)

    def served(self, claimant: Claimant) -> None:
        """A piece of its work was let in."""
        now = self._clock()
        connection = _connection(claimant)
        peer = self._peers.setdefault(connection, _Peer())
        self._peers.move_to_end(connection)
        _trim(self._peers, _MOST_PEERS)
        source = claimant.source
        if source in peer.established or self._may_be_established(peer, source, now):
            peer.established[source] = now
            peer.established.move_to_end(source)
            return
        peer.newcomers[source] = peer.newcomers.pop(source, 0) + 1
        _trim(peer.newcomers, _MOST_NEWCOMERS)

    @staticmethod
    def _may_be_established(peer: _Peer, source: Hashable, now: float) -> bool:
        if peer.newcomers.get(source, 0) < ESTABLISHED_AFTER - 1:
            return False
        while peer.established and next(iter(peer.established.values())) < now - _FORGET_SECONDS:
            peer.established.popitem(last=False)
        if len(peer.established) >= MOST_SOURCES:
            return False
        del peer.newcomers[source]
        return True


def _connection(claimant: Claimant) -> Hashable:
    """A gateway brings several callers over one connection."""
    return (claimant.tenant, claimant.subject, claimant.peer)


def _trim(names: "OrderedDict[Any, Any]", most: int) -> None:
    while len(names) > most:
        names.popitem(last=False)
