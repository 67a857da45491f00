"""Keyed hashes that stand for pseudonyms and frame ids (BLAKE2b, RFC 7693), and the days on which rows expire."""

import secrets
from collections.abc import Iterable
from hashlib import blake2b

from liveclass.session.sums import EXPIRY_SECONDS, Ints, floor

FRAME_KEY_BYTES = 16
SOURCE_KEY_BYTES = 8

DAY_SECONDS = 86_400


def new_hash_key() -> bytes:
    """A key for a new session."""
    return secrets.token_bytes(16)


def frame_keys(hash_key: bytes, frame_ids: Iterable[str]) -> list[bytes]:
    """16 bytes of each: among ten million frames of a session the chance of a collision is below 1e-24."""
    keyed = blake2b(digest_size=FRAME_KEY_BYTES, key=hash_key)
    frame_keys = []
    for one in frame_ids:
        hashed = keyed.copy()
        hashed.update(one.encode())
        frame_keys.append(hashed.digest())
    return frame_keys


def source_key(hash_key: bytes, source: str) -> int:
    """A signed 64-bit number: among a thousand sources of a session the chance of a collision is below 1e-13."""
    digest = blake2b(source.encode(), digest_size=SOURCE_KEY_BYTES, key=hash_key, person=b"source").digest()
    return int.from_bytes(digest, "big", signed=True)


def expiry_days(seconds: Ints, retention_seconds: Ints | int) -> Ints:
    """The days since the epoch from which nothing observed in the 600 seconds around each second is needed any more."""
    return (floor(seconds, EXPIRY_SECONDS) + EXPIRY_SECONDS + retention_seconds) // DAY_SECONDS + 1
