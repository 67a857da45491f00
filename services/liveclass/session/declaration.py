"""The operator's declaration of purpose and place, without which the service does not start.

Inferring emotions of people in education is prohibited in the European Union by the AI Act (Regulation (EU) 2024/1689),
Article 5(1)(f), since 2025-02-02, except for medical or safety reasons.
"""

from dataclasses import dataclass

PURPOSES = ("demonstration", "research", "education", "workplace", "medical", "safety", "other")

_MEMBERS = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"

_TERRITORIES = "AX GF GP MF MQ RE YT"
"""Parts of the Union with codes of their own: Åland, and of Article 355(1) of its Treaty French Guiana, Guadeloupe,
Saint-Martin, Martinique, Réunion and Mayotte."""

_RESERVED = {"EU": "EU", "EL": "GR", "UK": "GB", "EA": "ES", "IC": "ES"}
"""Codes in use that ISO 3166-1 assigns to no country, and what they stand for: the Union, Greece in the Union's own
style, the United Kingdom, Ceuta and Melilla, and the Canary Islands."""

EU = frozenset(("EU", *_MEMBERS.split(" "), *_TERRITORIES.split(" ")))
"""The Union, its member states and their territories that belong to it, by ISO 3166-1."""

PROHIBITED = ("education", "workplace")
"""The areas that Article 5(1)(f) names."""

HOW = (
    "set LIVECLASS_USE_DECLARATION to your purpose and the country where people are observed, such as "
    f'"purpose=research; jurisdiction=US". Purposes are {", ".join(PURPOSES)}; a jurisdiction is a two-letter '
    "country code (ISO 3166-1), EU, or none where nobody is observed"
)


class DeclarationError(ValueError):
    """The declaration is missing, cannot be read, or names a use that is prohibited. The text is for people."""


@dataclass(frozen=True)
class Declaration:
    """What an operator declares."""

    purpose: str
    jurisdiction: str
    """A country's code of ISO 3166-1 in two capital letters, "EU", or "none"."""


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
    purpose = parts["purpose"].lower()
    if purpose not in PURPOSES:
        raise DeclarationError(f"the purpose '{parts['purpose']}' is not known: {HOW}")
    jurisdiction = _jurisdiction(parts["jurisdiction"])
    if jurisdiction == "none" and purpose != "demonstration":
        raise DeclarationError(f"only a demonstration may do without a jurisdiction: {HOW}")
    if jurisdiction in EU and purpose in PROHIBITED:
        raise DeclarationError(
            f"inferring the emotions of people in {_area(purpose)} is prohibited in the European Union by Article "
            "5(1)(f) of the AI Act (Regulation (EU) 2024/1689), except for medical or safety reasons"
        )
    return Declaration(purpose, jurisdiction)


def _jurisdiction(text: str) -> str:
    """The code that `text` stands for. Raises `DeclarationError` for one that is assigned to no country."""
    import pycountry  # noqa: PLC0415  # reads its tables, which no other program needs

    code = text.upper()
    if code == "NONE":
        return "none"
    code = _RESERVED.get(code, code)
    if code != "EU" and (len(code) != 2 or pycountry.countries.get(alpha_2=code) is None):
        raise DeclarationError(f"the jurisdiction '{text}' is not the code of a country: {HOW}")
    return code


def _area(purpose: str) -> str:
    return "education institutions" if purpose == "education" else "the workplace"
