"""What the web application says of the installation: to operators how it is, and to the edge who may sign tokens."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from liveclass.identity.caller import AUTHORIZATION, DEFAULT_TENANT
from liveclass.identity.configuration import key_set, token_verifier
from liveclass.identity.key_set import KeySet, public_jwks
from liveclass.identity.permissions import EVERYWHERE, Permission
from liveclass.identity.tokens import TokenVerifier
from liveclass.runtime.errors import UnauthenticatedError, UnavailableError
from liveclass.web.installation import Service, describe
from liveclass.web.settings import WebSettings

KEYS_REFRESH_SECONDS = 60.0
"""At most: the edge lets nobody in whose token is signed by a key that it has not heard of yet."""


@dataclass(frozen=True)
class OperatorRoutes:
    """Checks tokens as the services do. Without an issuer nobody is the operator: the edge always wants a token."""

    settings: WebSettings
    issuer_keys: KeySet | None
    tokens: TokenVerifier | None

    @classmethod
    def of(cls, settings: WebSettings) -> "OperatorRoutes":
        """Raises `ValueError` where it is not said where the issuer's keys are."""
        if not settings.issuer:
            return cls(settings, None, None)
        keys = key_set(settings, KEYS_REFRESH_SECONDS)
        return cls(settings, keys, token_verifier(settings, keys))

    async def keys(self, _: Request) -> Response:
        """The keys of the issuer that the services verify tokens by, for the edge."""
        if self.issuer_keys is None:
            return _refusal(HTTPStatus.NOT_FOUND, 5, "no issuer is set (LIVECLASS_ISSUER)")
        try:
            return JSONResponse(public_jwks(await self.issuer_keys.all()))
        except UnavailableError as error:
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, 14, error.message)

    async def installation(self, request: Request) -> Response:
        """Figures and health of all replicas. For `admin` of all classrooms, and of no tenant of its own."""
        try:
            refused = await self._refused(request)
        except UnauthenticatedError as error:
            return _refusal(HTTPStatus.UNAUTHORIZED, 16, error.message)
        except UnavailableError as error:
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, 14, error.message)
        if refused:
            return _refusal(HTTPStatus.FORBIDDEN, 7, refused)
        services = (
            Service("detection", self.settings.detection_metrics_address),
            Service("session", self.settings.session_metrics_address),
        )
        links = {"grafana": self.settings.grafana_url, "docs": self.settings.docs_url}
        return JSONResponse({**await describe(services), "links": links})

    async def _refused(self, request: Request) -> str:
        """Why the caller may not see the installation; empty where it may. Raises as `TokenVerifier.caller` does."""
        if self.tokens is None:
            return "no issuer of tokens is set (LIVECLASS_ISSUER)"
        given = [(AUTHORIZATION, value) for value in request.headers.getlist(AUTHORIZATION)]
        caller = await self.tokens.caller(given)
        if not caller.permissions.allows(Permission.ADMIN, EVERYWHERE):
            return "this needs the permission classrooms/*:admin"
        if caller.tenant != DEFAULT_TENANT:
            return f"the installation is shown to operators of the tenant {DEFAULT_TENANT} alone"
        return ""


def _refusal(status: HTTPStatus, code: int, message: str) -> Response:
    """As the edge refuses: a google.rpc.Status."""
    body: dict[str, Any] = {"code": code, "message": message, "details": []}
    return JSONResponse(body, status.value)
