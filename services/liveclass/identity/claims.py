"""What an issuer's claims mean here: which permissions its roles and groups stand for.

By default tokens carry our own claims. For other issuers the operator writes a TOML file:

    tenant = "tid"                           # a claim, by its path

    [[grant]]
    claim = "realm_access.roles"             # a text or a list of texts
    value = "teacher-{classroom}"            # {classroom} stands for a classroom's name
    permissions = ["classrooms/{classroom}:view"]
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from liveclass.identity.permissions import MOST_PERMISSIONS, Permissions
from liveclass.names import ID_PATTERN
from liveclass.toml_files import read_setting

CLASSROOM = "{classroom}"

_ID = re.compile(ID_PATTERN)


def _as_path(value: Any) -> Any:
    return tuple(value.split(".")) if isinstance(value, str) else value


ClaimPath = Annotated[tuple[str, ...], BeforeValidator(_as_path), Field(min_length=1, max_length=8)]
"""Where a claim is: "realm_access.roles", or a list of names where they contain dots themselves."""


class Grant(BaseModel):
    """Permissions for those whose claim has a value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: ClaimPath
    value: str
    """The whole text; `{classroom}` in it stands for the name of a classroom."""
    classroom: ClaimPath | None = None
    """The claim with the classroom's name, where `value` does not hold it."""
    permissions: tuple[str, ...]
    """As in our own tokens; `{classroom}` is replaced."""

    @model_validator(mode="after")
    def _check(self) -> "Grant":
        for text in self.permissions:
            if Permissions.parse([text.replace(CLASSROOM, "x")]) == Permissions():
                raise ValueError(f"'{text}' is not a permission such as classrooms/7b:view")
            if CLASSROOM in text and CLASSROOM not in self.value and self.classroom is None:
                raise ValueError(f"'{text}' names a classroom that neither value nor classroom gives")
        return self

    def of(self, claims: Mapping[str, Any]) -> Iterator[str]:
        """The permissions that these claims give."""
        before, placeholder, after = self.value.partition(CLASSROOM)
        pattern = re.escape(before) + (f"({ID_PATTERN})" if placeholder else "") + re.escape(after)
        for text in _texts(_claim(claims, self.claim)):
            match = re.fullmatch(pattern, text)
            if match is None:
                continue
            classroom = match[1] if placeholder else self._named_classroom(claims)
            for permission in self.permissions:
                if CLASSROOM not in permission:
                    yield permission
                elif classroom:
                    yield permission.replace(CLASSROOM, classroom)

    def _named_classroom(self, claims: Mapping[str, Any]) -> str:
        """Empty where the claim holds no name of a classroom."""
        value = _claim(claims, self.classroom or ())
        name = value.lower() if isinstance(value, str) else ""
        return name if _ID.fullmatch(name) else ""


class ClaimMapper(BaseModel):
    """Reads the tenant and the permissions from verified claims."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tenant: ClaimPath = ("tenant",)
    permissions: ClaimPath | None = None
    """The claim with permissions as ours: "classrooms/7b:view"."""
    grant: tuple[Grant, ...] = Field((), max_length=200)

    def tenant_of(self, claims: Mapping[str, Any]) -> str | None:
        """None where the token names none. Raises `ValueError` for what cannot be the name of one."""
        value = _claim(claims, self.tenant)
        if value is None:
            return None
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise ValueError("the tenant is not 1 to 63 characters of a-z, 0-9 and '-'")
        return value

    def permissions_of(self, claims: Mapping[str, Any]) -> Permissions:
        """Raises `ValueError` where there are too many."""
        texts = list(_texts(_claim(claims, self.permissions or ())))
        for grant in self.grant:
            texts += grant.of(claims)
        if len(texts) > MOST_PERMISSIONS:
            raise ValueError(f"there are more than {MOST_PERMISSIONS} permissions")
        return Permissions.parse(texts)


OWN_CLAIMS = ClaimMapper(permissions=("permissions",))
"""Of tokens that are made for liveclass."""


def read_claims_file(path: Path) -> ClaimMapper:
    """Raises `ValueError`; the message names the setting."""
    return read_setting("LIVECLASS_CLAIMS", path, ClaimMapper)


def _claim(claims: Any, path: tuple[str, ...]) -> Any:
    """The value at a path; None where there is none."""
    if not path:
        return None
    value = claims
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _texts(value: Any) -> Iterator[str]:
    """The texts of a claim: it may be one, several separated by spaces as in `scope`, or a list."""
    values = value.split() if isinstance(value, str) else value
    if isinstance(values, list):
        yield from (text for text in values[: 4 * MOST_PERMISSIONS] if isinstance(text, str))
