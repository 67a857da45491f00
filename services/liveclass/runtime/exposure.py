"""What a service would show to a network without protection: it says so, and does not start."""

from liveclass.paths import is_loopback
from liveclass.runtime.settings import ServiceSettings
from liveclass.secure_channel import is_local_address, uses_tls


class ExposedError(ValueError):
    """The settings would let others read or call what they may not; the message says what to set."""


def refuse_exposed(settings: ServiceSettings) -> None:
    """Raises `ExposedError` where a port would be open to more than this machine without tokens or without TLS."""
    if settings.local_operator and not is_loopback(settings.listen_host):
        raise ExposedError(
            f"LIVECLASS_LISTEN_HOST={settings.listen_host} would let everybody who reaches the port do everything "
            "without a token, as `liveclass up` allows on this machine: listen on 127.0.0.1, or start the services "
            "without LIVECLASS_LOCAL_OPERATOR (docs/access.md)"
        )
    is_encrypted = settings.certificate is not None or settings.plaintext_behind_proxy
    refuse_listening(
        "LIVECLASS_LISTEN_HOST", settings.listen_host, has_tokens=bool(settings.issuer), is_encrypted=is_encrypted
    )
    refuse_metrics(settings.metrics_host, is_private=settings.plaintext_metrics)


def refuse_listening(
    variable: str,
    host: str,
    *,
    has_tokens: bool,
    is_encrypted: bool,
    tls: str = "LIVECLASS_CERTIFICATE and LIVECLASS_KEY",
) -> None:
    """Raises `ExposedError` unless `host`, which `variable` sets, is this machine's or protected. `tls` would do it."""
    if is_loopback(host):
        return
    if not has_tokens:
        raise ExposedError(
            f"{variable}={host} would let everybody who reaches the port read and erase everything: set "
            "LIVECLASS_ISSUER, so that callers need a token, or listen on 127.0.0.1 (docs/access.md)"
        )
    if not is_encrypted:
        raise ExposedError(
            f"{variable}={host} would take tokens and faces in plaintext: set {tls}, or, where a proxy in front speaks "
            "TLS, LIVECLASS_PLAINTEXT_BEHIND_PROXY=true (docs/tls.md)"
        )


def refuse_metrics(host: str, *, is_private: bool) -> None:
    """Raises `ExposedError` unless `host` is this machine's or its network is said to be private."""
    if not is_loopback(host) and not is_private:
        raise ExposedError(
            f"LIVECLASS_METRICS_HOST={host} would show /metrics in plaintext to everybody who reaches the port: leave "
            "it at 127.0.0.1, or, where only Prometheus and probes reach it, set LIVECLASS_PLAINTEXT_METRICS=true "
            "(docs/tls.md)"
        )


def refuse_plaintext_tokens(settings: ServiceSettings, variable: str, address: str) -> None:
    """Raises `ExposedError` where callers' tokens would be passed on to another machine in plaintext."""
    has_tls = uses_tls(address, None) or settings.ca is not None or settings.certificate is not None
    if settings.issuer and not has_tls and not settings.plaintext_behind_proxy and not is_local_address(address):
        raise ExposedError(
            f"{variable}={address} would pass callers' tokens on in plaintext: write https://… and set LIVECLASS_CA, "
            "or, where a proxy on this machine speaks TLS, LIVECLASS_PLAINTEXT_BEHIND_PROXY=true (docs/tls.md)"
        )
