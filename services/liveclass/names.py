"""Validation of names chosen by clients: of sessions, frames and sources. Used by both services.

Every function raises InvalidArgumentError that names the invalid field.
"""

import re
from typing import NamedTuple

from liveclass.runtime.errors import InvalidArgumentError, Reason

MAX_ID_LENGTH = 128
"""Maximum length of a frame_id or source in characters."""

ID_PATTERN = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SESSION = re.compile(rf"classrooms/({ID_PATTERN})/sessions/({ID_PATTERN})")
_CLASSROOM = re.compile(rf"classrooms/({ID_PATTERN})")
_SESSION_ID = re.compile(ID_PATTERN)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")

_PART_RULE = 'each part 1 to 63 characters of a-z, 0-9 and "-" that begin and end with a letter or digit'


class SessionName(NamedTuple):
    """The name of a session; `str()` gives "classrooms/{classroom}/sessions/{session}", as its tenant knows it."""

    tenant: str
    """Whose it is: two tenants may have sessions of the same name."""
    classroom: str
    session: str

    def __str__(self) -> str:
        return f"classrooms/{self.classroom}/sessions/{self.session}"


def parse_session(name: str, field: str, tenant: str) -> SessionName:
    """Reads "classrooms/{classroom}/sessions/{session}", the name of a session of `tenant`."""
    match = _SESSION.fullmatch(name)
    if match is None:
        rule = f'must be "classrooms/{{classroom}}/sessions/{{session}}", {_PART_RULE}'
        raise InvalidArgumentError(field, rule, Reason.INVALID_NAME)
    return SessionName(tenant, match[1], match[2])


def parse_classroom(parent: str, field: str, *, allow_wildcard: bool = False) -> str | None:
    """The classroom in "classrooms/{classroom}"; None for "classrooms/-", which means all."""
    if allow_wildcard and parent == "classrooms/-":
        return None
    match = _CLASSROOM.fullmatch(parent)
    if match is None:
        wildcard = ' or "classrooms/-"' if allow_wildcard else ""
        rule = f'must be "classrooms/{{classroom}}"{wildcard}, {_PART_RULE}'
        raise InvalidArgumentError(field, rule, Reason.INVALID_NAME)
    return match[1]


def check_session_id(session_id: str, field: str) -> str:
    """Checks the last part of a session's name."""
    if _SESSION_ID.fullmatch(session_id) is None:
        raise InvalidArgumentError(field, f"must be a single part, {_PART_RULE}", Reason.INVALID_NAME)
    return session_id


def check_source(source: str, field: str) -> str:
    """Checks the pseudonym of a camera or participant. It may be empty; it must not be an e-mail address."""
    return check_pseudonymous(source, field, "use a pseudonym")


def check_pseudonymous(text: str, field: str, remedy: str) -> str:
    """Checks a text of a client; it must not be an e-mail address."""
    _check_text(text, field)
    if _EMAIL.search(text):
        raise InvalidArgumentError(field, f"looks like an e-mail address; {remedy}", Reason.SOURCE_NOT_PSEUDONYMOUS)
    return text


def check_frame_id(frame_id: str, field: str, *, required: bool = False) -> str:
    """Checks a frame_id."""
    if required and not frame_id:
        raise InvalidArgumentError(field, "must not be empty")
    return _check_text(frame_id, field)


def _check_text(value: str, field: str) -> str:
    if len(value) > MAX_ID_LENGTH:
        raise InvalidArgumentError(field, f"must be at most {MAX_ID_LENGTH} characters, and has {len(value)}")
    if not value.isprintable():  # databases may refuse them, and they break log lines
        raise InvalidArgumentError(field, "must not contain control characters")
    return value
