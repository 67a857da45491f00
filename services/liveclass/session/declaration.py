"""The operator's declaration of purpose and place, without which the service does not start.

Inferring emotions of people in education is prohibited in the European Union by the AI Act (Regulation (EU) 2024/1689),
Article 5(1)(f), since 2025-02-02, except for medical or safety reasons.
"""

from dataclasses import dataclass

PURPOSES = ("demonstration", "research", "education", "workplace", "medical", "safety", "other")

_EU = "EU AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"

EU = frozenset(_EU.split(" "))
"""The Union, and its member states by ISO 3166-1."""

PROHIBITED = ("education", "workplace")
"""The areas that Article 5(1)(f) names."""

HOW = (
    "set LIVECLASS_USE_DECLARATION to your purpose and the country where people are observed, such as "
    f'"purpose=research; jurisdiction=US". Purposes are {", ".join(PURPOSES)}; a jurisdiction is a two-letter '
    "country code, EU, or none where nobody is observed"
)


class DeclarationError(ValueError):
    """The declaration is missing, cannot be read, or names a use that is prohibited. The text is for people."""


@dataclass(frozen=True)
class Declaration:
    """What an operator declares."""

    purpose: str
    jurisdiction: str
    """Two capital letters, or "none"."""


def parse_declaration(text: str) -> Declaration:
    """Reads "purpose=…; jurisdiction=…". Raises `DeclarationError`."""
    if not text.strip():
        raise DeclarationError(f"the session service needs a declaration of use: {HOW}")
    parts = dict.fromkeys(("purpose", "jurisdiction"), "")
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or name.lower() not in parts:
            raise DeclarationError(f"'{part}' is not part of a declaration of use: {HOW}")
        parts[name.lower()] = value
    purpose, jurisdiction = parts["purpose"].lower(), parts["jurisdiction"].upper()
    if purpose not in PURPOSES:
        raise DeclarationError(f"the purpose '{parts['purpose']}' is not known: {HOW}")
    if jurisdiction != "NONE" and not (len(jurisdiction) == 2 and jurisdiction.isalpha() and jurisdiction.isascii()):
        raise DeclarationError(f"the jurisdiction '{parts['jurisdiction']}' is not known: {HOW}")
    if jurisdiction == "NONE" and purpose != "demonstration":
        raise DeclarationError(f"only a demonstration may do without a jurisdiction: {HOW}")
    if jurisdiction in EU and purpose in PROHIBITED:
        raise DeclarationError(
            f"inferring the emotions of people in {_area(purpose)} is prohibited in the European Union by Article "
            "5(1)(f) of the AI Act (Regulation (EU) 2024/1689), except for medical or safety reasons"
        )
    return Declaration(purpose, "none" if jurisdiction == "NONE" else jurisdiction)


def _area(purpose: str) -> str:
    return "education institutions" if purpose == "education" else "the workplace"
