"""TLS from PEM files, for services and for their callers; files may be replaced while they are in use."""

import logging
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class TlsError(ValueError):
    """Files that cannot be used for TLS, or an address that cannot be called; the message says why."""


class Pem(NamedTuple):
    """The contents of `Tls`'s files."""

    ca: bytes | None
    certificate: bytes | None
    key: bytes | None


@dataclass(frozen=True)
class Tls:
    """The PEM files of one end of a TLS connection. Raises `TlsError` for a certificate or key without the other.

    `ca`: the authorities that must have signed the other end's certificate; for a client without it, the public ones
    that gRPC brings. `certificate`: this end's own, then its intermediates; a client needs it where a service asks for
    one.
    """

    ca: str | Path | None = None
    certificate: str | Path | None = None
    key: str | Path | None = None

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise TlsError("a certificate and its key belong together: give both, or neither")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Tls | None":
        """The files that LIVECLASS_CA, LIVECLASS_CERTIFICATE and LIVECLASS_KEY name; None where they name none."""
        paths = [environment.get(f"LIVECLASS_{name}") or None for name in ("CA", "CERTIFICATE", "KEY")]
        return cls(*paths) if any(paths) else None

    def read(self) -> Pem:
        """Raises `TlsError` for a file that cannot be read or holds no PEM, and a key that is another certificate's."""
        pem = Pem(*(None if path is None else _read(path) for path in (self.ca, self.certificate, self.key)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if pem.ca is not None:
            try:
                context.load_verify_locations(cadata=pem.ca.decode("ascii"))
            except (ssl.SSLError, ValueError) as error:
                raise TlsError(f"{self.ca} holds no certificate of an authority in PEM") from error
        if self.certificate is not None and self.key is not None:
            try:
                context.load_cert_chain(self.certificate, self.key, password="")
            except (ssl.SSLError, OSError) as error:
                raise TlsError(_pair_error(error, self.certificate, self.key)) from error
        return pem

    def signature(self) -> tuple[object, ...]:
        """Changes when a file does, be it rewritten, replaced, or a link to it turned elsewhere as Kubernetes does."""
        return tuple(_signature(path) for path in (self.ca, self.certificate, self.key) if path is not None)


def _read(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise TlsError(f"{path} cannot be read: {error.strerror}") from error


def _pair_error(error: OSError, certificate: str | Path, key: str | Path) -> str:
    if "KEY_VALUES_MISMATCH" in str(error):
        return f"{key} is not the key of the certificate in {certificate}"
    if "BAD_DECRYPT" in str(error) or "password" in str(error).lower():
        return f"{key} is encrypted; a service cannot type a password, so write the key without one"
    return f"{certificate} and {key} are not a certificate and its key in PEM"


def _signature(path: str | Path) -> tuple[int, ...] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _log_kept(error: TlsError) -> None:
    logging.getLogger(__name__).warning("TLS files were not read anew, the last ones stay in use: %s", error)


class PemFiles:
    """The contents of files that may change. New ones that cannot be used leave the last ones in place.

    `on_error` is told why, once for each change: a file that is half written, or a certificate whose key is still to
    come. The first reading raises `TlsError` instead.
    """

    def __init__(self, tls: Tls, on_error: Callable[[TlsError], None] = _log_kept) -> None:
        self._tls, self._on_error = tls, on_error
        self._lock = threading.Lock()
        self._signature = tls.signature()
        self._contents = tls.read()

    def contents(self) -> Pem:
        """The same object until there are new ones. May be called from any thread, and often: it looks at dates."""
        with self._lock:
            signature = self._tls.signature()
            if signature != self._signature:
                self._signature = signature  # taken before reading: what changes meanwhile is seen the next time
                try:
                    self._contents = self._tls.read()
                except TlsError as error:
                    self._on_error(error)
            return self._contents
