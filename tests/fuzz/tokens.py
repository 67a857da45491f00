"""Sends mutated tokens and metadata to what checks them; nothing but UNAUTHENTICATED may come of any.

    python tests/fuzz/tokens.py --count 100000 --seed 1

Most go to the check itself, every fiftieth over gRPC to a real session service too. A token that is let in, any other
error, and memory that grows are findings, printed with what repeats it: `--seed S --only NUMBER`.
"""

import argparse
import asyncio
import base64
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import jwt
import psutil
import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))

from identity_tokens import AUDIENCE, ISSUER, Issuer, good_claims
from session_running import RunningSession

from liveclass.identity.key_set import KeySet
from liveclass.identity.key_source import file_source
from liveclass.identity.tokens import TokenRules, TokenVerifier
from liveclass.runtime.errors import UnauthenticatedError
from liveclass.v1 import session_pb2

MOST_BYTES = 64 * 1024
OVER_GRPC = 50
MOST_GROWTH = 48 * 2**20
PERMISSIONS = ("classrooms/*:admin",)
KEY_IDS = ["", "../../etc/passwd", "/dev/zero", "x' OR '1'='1", "\x00", "EdDSA\x00", "https://evil.example/keys",
           "💥" * 50, "a" * 4000, {"a": 1}, ["EdDSA"], 1, None, True]  # fmt: skip
ALGORITHMS = ["none", "None", "nOnE", "HS256", "HS512", "PS256", "RS256", "ES256", "EdDSA", "", 0, None, ["EdDSA"]]
VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    1e308,
    2**70,
    "",
    "x" * 2000,
    "💥",
    "\u202e",
    [],
    {},
    [[[[]]]],
    {"a": {"b": 1}},
    "NaN",
]


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class Mutator:
    """Makes the token of a number; the same for the same seed."""

    def __init__(self, seed: int, issuer: Issuer) -> None:
        self.seed, self.issuer = seed, issuer
        self.good = [issuer.token(*PERMISSIONS, algorithm=algorithm) for algorithm in issuer.keys]
        self.other = Issuer(issuer.jwks.with_name("other.json"), *issuer.keys)
        self.kinds: list[Callable[[random.Random], object]] = [
            self.flipped,
            self.flipped,
            self.cut,
            self.swapped,
            self.header,
            self.claims,
            self.nested,
            self.long,
            self.noise,
            self.other_key,
            self.joined,
        ]

    def value(self, number: int) -> str | bytes | None:
        """The value of `authorization`; None where it would be a good one."""
        made = random.Random(f"{self.seed}/{number}")
        value = made.choice(self.kinds)(made)
        if isinstance(value, str) and made.random() < 0.95:
            value = made.choice(["Bearer ", "bearer ", "BEARER  "]) + value
        return None if isinstance(value, str) and self.is_good(value) else value

    def is_good(self, value: str) -> bool:
        """Whether it is a good token, or its signature only written otherwise."""
        signed, _, signature = value.rpartition(" ")[2].rpartition(".")
        try:
            decoded = base64.urlsafe_b64decode(signature + "==")
        except ValueError:
            return False
        for good in self.good:
            its, _, own = good.rpartition(".")
            if its == signed and base64.urlsafe_b64decode(own + "==") == decoded:
                return True
        return False

    def flipped(self, made: random.Random) -> str:
        token = bytearray(made.choice(self.good).encode())
        for _ in range(made.randint(1, 4)):
            token[made.randrange(len(token))] ^= 1 << made.randrange(7)
        return token.decode("ascii")

    def cut(self, made: random.Random) -> str:
        token = made.choice(self.good)
        start, end = sorted(made.sample(range(len(token) + 1), 2))
        return made.choice([token[:start], token[start:], token[start:end], token[:start] + token[end:]])

    def swapped(self, made: random.Random) -> str:
        parts = [part for token in made.sample(self.good, 2) for part in token.split(".")]
        return ".".join(made.choices(parts, k=made.randint(1, 5)))

    def header(self, made: random.Random) -> str:
        _, payload, signature = made.choice(self.good).split(".")
        header = {"alg": made.choice(ALGORITHMS), "kid": made.choice(KEY_IDS), "typ": made.choice(["JWT", *VALUES])}
        for name in ("jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"):
            if made.random() < 0.2:
                header[name] = made.choice([*VALUES, *KEY_IDS, self.other.public("EdDSA")])
        return f"{encoded(json.dumps(header).encode())}.{payload}.{signature}"

    def claims(self, made: random.Random) -> str:
        """Signed by a good key, and wrong in what is signed."""
        changed = good_claims(*PERMISSIONS)
        for name in made.sample(["iss", "aud", "sub", "exp"], made.randint(1, 3)):
            changed[name] = made.choice([None, True, -1, 0, 2**70, "", [], {}, [[[]]], {"a": {"b": 1}}, "x\x00"])
        algorithm = made.choice(list(self.issuer.keys))
        data, key = json.dumps(changed).encode(), self.issuer.keys[algorithm]
        return jwt.api_jws.encode(data, key, algorithm, headers={"kid": algorithm})

    def nested(self, made: random.Random) -> str:
        deep = made.choice(["[", '{"a":']) * made.choice([10, 1000, 5000, 40_000])
        parts = made.choice(self.good).split(".")
        parts[made.randrange(2)] = encoded(deep.encode())
        return ".".join(parts)[:MOST_BYTES]

    def long(self, made: random.Random) -> str:
        size = made.choice([8_000, 8_192, 8_193, 16_000, MOST_BYTES])
        return made.choice([made.choice(self.good), "a.b.c", ""]) + made.choice("A.=- ") * size

    def noise(self, made: random.Random) -> object:
        size = made.choice([0, 1, 10, 300, 5_000])
        if made.random() < 0.2:
            return made.randbytes(size)
        return "".join(chr(made.choice([made.randrange(128), made.randrange(0xD800)])) for _ in range(size))

    def other_key(self, made: random.Random) -> str:
        algorithm = made.choice(list(self.other.keys))
        headers = {"kid": made.choice([algorithm, *(one for one in KEY_IDS if isinstance(one, str))])}
        return jwt.encode(good_claims(*PERMISSIONS), self.other.keys[algorithm], algorithm, headers=headers)

    def joined(self, made: random.Random) -> str:
        return made.choice([",", " ", ", Bearer ", "\t"]).join(made.choices(self.good, k=2))


class Fuzzer:
    """Sends, and keeps count."""

    def __init__(self, mutator: Mutator) -> None:
        self.mutator = mutator
        keys = KeySet(file_source(mutator.issuer.jwks))
        self.verifier = TokenVerifier(keys, TokenRules(ISSUER, AUDIENCE))
        self.outcomes: Counter[str] = Counter()
        self.findings: list[str] = []

    async def check(self, number: int) -> None:
        """One value against the check itself."""
        value = self.mutator.value(number)
        if value is None:
            return
        try:
            await self.verifier.caller((("authorization", value),))
        except UnauthenticatedError as error:
            self.outcomes[error.failed_check] += 1
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a finding
            self.find(f"{type(error).__name__}: {error}", number)
        else:
            self.find("it was let in", number)

    async def call(self, running: RunningSession, number: int) -> None:
        """One value over gRPC, as far as gRPC itself lets it through."""
        value = self.mutator.value(number)
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            return
        request = session_pb2.ListSessionsRequest(parent="classrooms/-")
        try:
            await running.stub.ListSessions(request, metadata=(("authorization", value),), timeout=20)
        except grpc.aio.AioRpcError as error:
            refused = error.code().name
            self.outcomes[f"over gRPC: {refused}"] += 1
            if refused not in ("UNAUTHENTICATED", "RESOURCE_EXHAUSTED"):  # the latter for metadata that is too large
                self.find(f"over gRPC: {refused} {error.details()}", number)
        else:
            self.find("it was let in over gRPC", number)

    def find(self, what: str, number: int) -> None:
        self.findings.append(what)
        print(f"FINDING {what[:300]}  (repeat with --seed {self.mutator.seed} --only {number})", flush=True)


async def fuzz(numbers: range, seed: int, seconds: float) -> Fuzzer:
    """Checks the values of `numbers`, for at most `seconds`."""
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="liveclass-fuzz-") as folder:
        issuer = Issuer(Path(folder, "jwks.json"), "EdDSA", "ES256", "RS256")
        fuzzer = Fuzzer(Mutator(seed, issuer))
        await fuzzer.verifier.caller((("authorization", f"Bearer {fuzzer.mutator.good[0]}"),))  # a good one is let in
        process, before = psutil.Process(), 0
        async with RunningSession(f"sqlite+aiosqlite:///{folder}/liveclass.db", **issuer.settings()) as running:
            for number in numbers:
                if time.monotonic() > end:
                    break
                if number - numbers.start == 1000:
                    before = process.memory_info().rss
                await fuzzer.check(number)
                if number % OVER_GRPC == 0:
                    await fuzzer.call(running, number)
        grown = process.memory_info().rss - before if before else 0
        if grown > MOST_GROWTH:
            fuzzer.find(f"memory has grown by {grown >> 20} MiB", number)
        fuzzer.outcomes["MiB grown"] = max(0, grown >> 20)
    return fuzzer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000, help="values to send")
    parser.add_argument("--seconds", type=float, default=120.0, help="stop after this time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="send this value alone")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    numbers = range(arguments.count) if arguments.only is None else range(arguments.only, arguments.only + 1)
    begun = time.monotonic()
    fuzzer = asyncio.run(fuzz(numbers, arguments.seed, arguments.seconds))
    total = sum(count for kind, count in fuzzer.outcomes.items() if kind != "MiB grown")
    print(f"{total} values in {time.monotonic() - begun:.0f} s, {len(fuzzer.findings)} findings")
    for kind, count in fuzzer.outcomes.most_common():
        print(f"  {kind}: {count}")
    return 1 if fuzzer.findings else 0


if __name__ == "__main__":
    sys.exit(main())
