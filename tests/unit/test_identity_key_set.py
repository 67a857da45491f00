"""The keys that tokens are verified by: renewed without a restart, kept through an outage, and none that is unsafe."""

import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from identity_tokens import Issuer
from jwt.algorithms import RSAAlgorithm

from liveclass.identity.key_set import LEAST_SECONDS_BETWEEN, KeySet, parse_keys, public_jwks
from liveclass.identity.key_source import check_url, file_source
from liveclass.runtime.errors import UnavailableError


class Keys:
    """A key set with a clock and a source that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.now, self.reads, self.error = 1000.0, 0, None
        self.issuer = Issuer(folder / "jwks.json", "EdDSA")
        self.set = KeySet(self._read, refresh_seconds=300, clock=lambda: self.now)

    def _read(self) -> object:
        self.reads += 1
        if self.error:
            raise self.error
        return file_source(self.issuer.jwks)()

    def add_key(self) -> None:
        self.issuer.keys["ES256"] = Issuer(self.issuer.jwks, "ES256").keys["ES256"]
        self.issuer.publish()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


async def test_a_key_that_is_not_known_yet_is_read_once_however_many_ask(keys: Keys) -> None:
    assert (await keys.set.key("EdDSA")).algorithm == "EdDSA"
    keys.add_key()
    assert await keys.set.key("ES256") is None  # it was read just now
    keys.now += LEAST_SECONDS_BETWEEN
    found = await asyncio.gather(*(keys.set.key("ES256") for _ in range(50)))
    assert {key.algorithm for key in found} == {"ES256"}
    assert keys.reads == 2


async def test_tokens_of_made_up_keys_do_not_flood_the_issuer(keys: Keys) -> None:
    for number in range(100):
        assert await keys.set.key(f"made-up-{number}") is None
        keys.now += 0.1
    assert keys.reads <= 1 + 10 / LEAST_SECONDS_BETWEEN


async def test_the_last_good_keys_are_kept_through_an_outage(keys: Keys) -> None:
    await keys.set.key("EdDSA")
    for keys.error in (OSError("refused"), ValueError("no JSON")):
        keys.now += 400
        assert await keys.set.key("EdDSA")
        await asyncio.sleep(0.05)
    keys.issuer.jwks.write_text('{"keys": []}', "utf-8")
    keys.error, keys.now = None, keys.now + 400
    assert await keys.set.key("EdDSA")
    assert keys.set.version == 1


async def test_before_the_first_keys_are_read_the_issuer_is_unavailable(keys: Keys) -> None:
    keys.error = OSError("refused")
    with pytest.raises(UnavailableError, match="the issuer's keys cannot be read"):
        await keys.set.key("EdDSA")
    keys.error, keys.now = None, keys.now + LEAST_SECONDS_BETWEEN
    assert await keys.set.key("EdDSA")


async def test_nobody_waits_for_keys_that_are_renewed(keys: Keys) -> None:
    await keys.set.key("EdDSA")
    keys.add_key()
    keys.now += 300
    assert await keys.set.key("EdDSA")  # at once, by the keys that there are
    await asyncio.sleep(0.05)
    assert keys.reads == 2
    assert await keys.set.key("ES256")


async def test_a_token_without_a_key_id_is_verified_where_there_is_one_key(keys: Keys) -> None:
    assert await keys.set.key("")
    keys.add_key()
    keys.now += LEAST_SECONDS_BETWEEN
    await keys.set.key("ES256")
    assert await keys.set.key("") is None


def jwk(folder: Path, **changes: object) -> dict[str, object]:
    return {**Issuer(folder / "other.json", "EdDSA").public("EdDSA"), **changes}


def test_keys_that_must_not_verify_are_left_out(tmp_path: Path) -> None:
    short = RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 1024).public_key(), as_dict=True)
    secret = {"kty": "oct", "k": "c2VjcmV0", "kid": "secret", "alg": "HS256"}
    refused = [
        {**short, "kid": "short"},
        secret,
        jwk(tmp_path, kid="for encryption", use="enc"),
        jwk(tmp_path, kid="of another algorithm", alg="HS256"),
        jwk(tmp_path, kid="broken", x="!"),
        jwk(tmp_path, kid="of another kind", kty="x"),
        "text",
        None,
    ]
    assert list(parse_keys({"keys": [*refused, jwk(tmp_path, kid="good")]})) == ["good"]


@pytest.mark.parametrize("document", [None, [], {}, {"keys": {}}, {"keys": []}, {"keys": [1]}])
def test_what_is_no_set_of_keys_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match="JWK set"):
        parse_keys(document)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"[" * 200_000, "nested too deeply"), (b" " * 300_000, "is longer than"), (b"{", "Expecting")],
)  # fmt: skip
def test_a_broken_file_is_an_error_and_no_crash(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "jwks.json").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        file_source(tmp_path / "jwks.json")()


def test_keys_come_by_https_or_from_this_machine() -> None:
    for url in ("https://issuer.example/keys", "http://127.0.0.1:8080/keys", "http://[::1]/keys", "http://localhost"):
        check_url(url)
    for url in ("http://issuer.example/keys", "file:///etc/passwd", "ftp://localhost", "https://", "issuer", ""):
        with pytest.raises(ValueError, match="must be an https URL"):
            check_url(url)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_what_is_published_of_a_set_is_the_same_set_and_nothing_secret(tmp_path: Path, algorithm: str) -> None:
    issuer = Issuer(tmp_path / "jwks.json", algorithm)
    read = parse_keys(file_source(issuer.jwks)())
    written = public_jwks(read)

    again = parse_keys(written)
    assert {name: key.algorithm for name, key in again.items()} == {name: key.algorithm for name, key in read.items()}
    assert public_jwks(again) == written
    assert not {"d", "p", "q"} & {member for key in written["keys"] for member in key}
