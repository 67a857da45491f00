"""The web application behind the edge."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"


def create_app() -> Starlette:
    """Answers for pages and files; holds no state."""
    return Starlette(
        routes=[
            Route("/health", _health),
            Route("/", _index),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
    )


async def _health(_: Request) -> Response:
    return PlainTextResponse("serving")


async def _index(_: Request) -> Response:
    return RedirectResponse("/docs")
