"""How calls are authenticated, as the settings say."""

from pathlib import Path

import structlog

from liveclass.identity.access import Authenticator, LocalOperator, LocalOperatorOrToken
from liveclass.identity.claims import OWN_CLAIMS, read_claims_file
from liveclass.identity.key_set import KeySet
from liveclass.identity.key_source import KeySource, check_url, discovery_source, file_source, url_source
from liveclass.identity.tokens import TokenRules, TokenVerifier
from liveclass.runtime.settings import ServiceSettings, TokenSettings

FILE_REFRESH_SECONDS, URL_REFRESH_SECONDS = 5.0, 300.0


def authenticator_of(settings: ServiceSettings) -> Authenticator:
    """Raises `ValueError` where the settings do not fit together; the message names the variable."""
    if not settings.issuer:
        structlog.get_logger().warning("no LIVECLASS_ISSUER: every caller is the local operator and may do everything")
        return LocalOperator()
    structlog.get_logger().info("calls need tokens", issuer=settings.issuer, audience=settings.audience)
    verifier = token_verifier(settings, key_set(settings))
    return LocalOperatorOrToken(verifier) if settings.local_operator else verifier


def token_verifier(settings: TokenSettings, keys: KeySet) -> TokenVerifier:
    """Raises `ValueError` for a file of claims that cannot be used."""
    claims = read_claims_file(settings.claims) if settings.claims else OWN_CLAIMS
    return TokenVerifier(keys, TokenRules(settings.issuer, settings.audience, settings.max_token_seconds), claims)


def key_set(settings: TokenSettings, most_refresh_seconds: float = URL_REFRESH_SECONDS) -> KeySet:
    """The keys of the issuer that is set. Raises `ValueError` where it is not said where they are."""
    source, refresh_seconds = _key_source(settings)
    return KeySet(source, min(refresh_seconds, most_refresh_seconds))


def _key_source(settings: TokenSettings) -> tuple[KeySource, float]:
    """Where the keys are read, and how often, in seconds."""
    jwks = settings.jwks
    if not jwks:
        try:
            check_url(settings.issuer)
        except ValueError as error:
            raise ValueError(f"LIVECLASS_ISSUER: {error}; for another issuer set LIVECLASS_JWKS to its keys") from error
        return discovery_source(settings.issuer), URL_REFRESH_SECONDS
    if "://" in jwks:
        try:
            return url_source(jwks), URL_REFRESH_SECONDS
        except ValueError as error:
            raise ValueError(f"LIVECLASS_JWKS: {error}") from error
    path = Path(jwks)
    if not path.is_file():
        raise ValueError(f"LIVECLASS_JWKS: there is no file {jwks}")
    return file_source(path), FILE_REFRESH_SECONDS
