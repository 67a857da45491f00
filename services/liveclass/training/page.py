"""One self-contained HTML page: headings, tables and pictures, with nothing to download."""

import base64
import io
from collections.abc import Iterable, Sequence
from html import escape

from matplotlib.figure import Figure

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
img { max-width: 100%; background: #fff; border-radius: .3rem; }
"""

Section = tuple[str, str]
"""(Heading, HTML)."""


def page(title: str, lead: str, sections: Iterable[Section]) -> str:
    """The whole page; `title` and `lead` are plain text."""
    body = "\n".join(f"<h2>{escape(heading)}</h2>\n{html}" for heading, html in sections)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body><h1>{escape(title)}</h1>\n{paragraph(lead)}\n{body}\n</body></html>\n"
    )


def paragraph(text: str) -> str:
    """Plain text as a paragraph."""
    return f"<p>{escape(text)}</p>"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; the first column is text, the others are numbers."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def picture(figure: Figure, alt: str, kind: str = "svg+xml") -> str:
    """`figure` inside the page: "svg+xml" for charts, "png" for photographs."""
    data = base64.b64encode(rendered(figure, kind.removesuffix("+xml"))).decode()
    return f'<img alt="{escape(alt, quote=True)}" src="data:image/{kind};base64,{data}">'


def rendered(figure: Figure, form: str = "png") -> bytes:
    """The bytes of `figure`; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, dpi=110, metadata={"Date": None} if form == "svg" else None)
    return buffer.getvalue()
