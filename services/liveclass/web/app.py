"""The web application behind the edge."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liveclass.security_headers import SECURITY_HEADERS
from liveclass.web.operator_routes import OperatorRoutes
from liveclass.web.settings import WebSettings

WEB = Path(__file__).parent

PAGES = {"/": "sessions", "/live": "live", "/compare": "compare", "/camera": "camera", "/operator": "operator"}

_POLICY = (
    "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
_DOCS_POLICY = (
    "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI styles its elements one by one."""

_HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": _POLICY,
    **SECURITY_HEADERS,
}
"""Of every answer that does not set them itself, also where no edge is in front."""


def create_app(settings: WebSettings) -> Starlette:
    """Answers for pages and files, and for the operator. Raises `ValueError` for unusable settings of tokens."""
    operator = OperatorRoutes.of(settings)
    app = Starlette(
        routes=[
            Route("/health", _health),
            Route("/v1/openapi.json", _openapi),
            Route("/docs", _docs),
            Route("/.well-known/jwks.json", operator.keys),
            Route("/operator/installation.json", operator.installation),
            *(Route(path, _page(f"{name}.html")) for path, name in PAGES.items()),
            Mount("/docs/swagger-ui", StaticFiles(packages=[("swagger_ui", "static")])),
            Mount("/static", StaticFiles(directory=WEB / "static")),
        ]
    )
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(_SecurityHeaders)
    return app


class _SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                missing = ((name.encode(), value.encode()) for name, value in _HEADERS.items())
                message["headers"] = [*message["headers"], *(pair for pair in missing if pair[0] not in present)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _page(file: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        return FileResponse(WEB / "static" / file)

    return answer


async def _health(_: Request) -> Response:
    return PlainTextResponse("serving")


async def _openapi(_: Request) -> Response:
    return FileResponse(WEB / "openapi.json", media_type="application/json")


async def _docs(_: Request) -> Response:
    return FileResponse(WEB / "static" / "docs.html", headers={"content-security-policy": _DOCS_POLICY})
