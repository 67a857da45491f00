"""The web application behind the edge."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

WEB = Path(__file__).parent

_DOCS_POLICY = (
    "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI styles its elements one by one."""


def create_app() -> Starlette:
    """Answers for pages and files; holds no state."""
    return Starlette(
        routes=[
            Route("/health", _health),
            Route("/", _index),
            Route("/v1/openapi.json", _openapi),
            Route("/docs", _docs),
            Mount("/docs/swagger-ui", StaticFiles(packages=[("swagger_ui", "static")])),
            Mount("/static", StaticFiles(directory=WEB / "static")),
        ]
    )


async def _health(_: Request) -> Response:
    return PlainTextResponse("serving")


async def _index(_: Request) -> Response:
    return RedirectResponse("/docs")


async def _openapi(_: Request) -> Response:
    return FileResponse(WEB / "openapi.json", media_type="application/json")


async def _docs(_: Request) -> Response:
    return FileResponse(WEB / "static" / "docs.html", headers={"content-security-policy": _DOCS_POLICY})
