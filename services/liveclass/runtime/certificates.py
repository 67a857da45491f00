"""A service's own certificate, and the clients that it lets in by theirs."""

import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

import grpc
import structlog
from cryptography import x509

from liveclass.runtime.errors import ClientNotAllowedError
from liveclass.runtime.settings import ServiceSettings
from liveclass.tls import Pem, PemFiles, Tls, TlsError

ANY_CLIENT = "*"


def server_tls(settings: ServiceSettings) -> Tls | None:
    """The files of a service that speaks TLS. Raises `TlsError` for settings that do not fit together."""
    if settings.certificate is None or settings.key is None:
        if settings.certificate or settings.key:
            raise TlsError("LIVECLASS_CERTIFICATE and LIVECLASS_KEY belong together: set both, or neither")
        if settings.client_ca or settings.allowed_clients:
            raise TlsError(
                "LIVECLASS_CLIENT_CA and LIVECLASS_ALLOWED_CLIENTS are for mutual TLS: set LIVECLASS_CERTIFICATE and "
                "LIVECLASS_KEY as well"
            )
        return None
    if bool(settings.client_ca) != bool(settings.allowed_clients):
        raise TlsError(
            "LIVECLASS_CLIENT_CA says whose certificates are believed, and LIVECLASS_ALLOWED_CLIENTS which of their "
            "names may call: set both, or neither; * allows every name"
        )
    return Tls(settings.client_ca, settings.certificate, settings.key)


def client_tls(settings: ServiceSettings) -> Tls | None:
    """The files with which a service calls others; None, unless an address asks for TLS, is plaintext."""
    if settings.ca is None and settings.certificate is None:
        return None
    return Tls(settings.ca, settings.certificate, settings.key)


class ServerCertificate:
    """What a server shows to each new connection: the files as they are then, or the last that could be used.

    With `tls.ca`, clients must show a certificate that it has signed. Raises `TlsError` where the first cannot be used.
    """

    def __init__(self, tls: Tls) -> None:
        self._files = PemFiles(tls, _log_kept)
        self._served = self._files.contents()
        if self.expires_at() < time.time():
            when = datetime.fromtimestamp(self.expires_at(), timezone.utc).date()
            raise TlsError(f"the certificate in {tls.certificate} has expired on {when}: renew it")
        # Kept here: the server itself holds no reference to what it calls before each handshake.
        self.credentials = grpc.dynamic_ssl_server_credentials(
            _configuration(self._served),
            self._changed,  # type: ignore[arg-type]  # the stubs forget that it may answer None
            require_client_authentication=tls.ca is not None,
        )

    def expires_at(self) -> float:
        """Seconds since the epoch."""
        certificate = x509.load_pem_x509_certificate(self._files.contents().certificate or b"")
        return certificate.not_valid_after_utc.timestamp()

    def _changed(self) -> grpc.ServerCertificateConfiguration | None:
        """Called by gRPC before each handshake, on a thread of its own."""
        contents = self._files.contents()
        if contents is self._served:
            return None
        self._served = contents
        structlog.get_logger().info("certificate renewed", expires_at=self.expires_at())
        return _configuration(contents)


def _configuration(pem: Pem) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(pem.key or b"", pem.certificate or b"")], pem.ca)


def _log_kept(error: TlsError) -> None:
    structlog.get_logger().warning("certificate not renewed, the last one stays in use", cause=str(error))


class AllowedClients:
    """Who may call, by the names in the certificate that they showed."""

    def __init__(self, names: str) -> None:
        """`names` are separated by commas; "*" among them, or none at all, allows everybody that TLS lets in."""
        self._names = frozenset(name.strip() for name in names.split(",") if name.strip())
        self._is_anyone = not self._names or ANY_CLIENT in self._names

    def require(self, context: Any) -> None:
        """Raises `ClientNotAllowedError` where the call of `context` is by another client."""
        if not self._is_anyone and not self._names & client_names(context.auth_context()):
            raise ClientNotAllowedError


def client_names(auth_context: Mapping[str, Iterable[bytes]]) -> frozenset[str]:
    """The names in a client's certificate: DNS names and URIs, or the common name where there are none (RFC 6125)."""
    alternative = auth_context.get("x509_subject_alternative_name") or auth_context.get("x509_common_name") or ()
    return frozenset(name.decode("utf-8", errors="replace") for name in alternative)
