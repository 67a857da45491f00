"""What a caller may do, and where: "classrooms/7b:view", "classrooms/*:record"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from liveclass.names import ID_PATTERN

EVERYWHERE = "*"
"""In the place of a classroom: all classrooms of the caller's tenant."""

MOST_PERMISSIONS = 256
"""Of one caller."""


class Permission(str, Enum):
    """As in the contract's `Permission`. None implies another, except that `admin` covers all."""

    CLASSIFY = "classify"
    RECORD = "record"
    VIEW = "view"
    MANAGE = "manage"
    ERASE = "erase"
    ADMIN = "admin"


_PERMISSION = re.compile(rf"classrooms/(\*|{ID_PATTERN}):({'|'.join(one.value for one in Permission)})")


@dataclass(frozen=True, slots=True)
class Permissions:
    """The classrooms of each permission, `EVERYWHERE` among them where it is all."""

    _classrooms: Mapping[Permission, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "Permissions":
        """Reads "classrooms/7b:view". What is not of this form gives no permission: it may be of a newer version."""
        found: dict[Permission, set[str]] = {}
        for text in texts:
            if match := _PERMISSION.fullmatch(text):
                found.setdefault(Permission(match[2]), set()).add(match[1])
        return cls({permission: frozenset(classrooms) for permission, classrooms in found.items()})

    def allows(self, permission: Permission, classroom: str) -> bool:
        """Whether it holds for a classroom; `EVERYWHERE` asks for all of the tenant."""
        classrooms = self.classrooms(permission)
        return classrooms is None or classroom in classrooms

    def allows_somewhere(self, permission: Permission) -> bool:
        """Whether it holds for any classroom."""
        return self.classrooms(permission) != frozenset()

    def classrooms(self, permission: Permission) -> frozenset[str] | None:
        """Those for which it holds; None for all."""
        granted = self._classrooms.get(permission, frozenset()) | self._classrooms.get(Permission.ADMIN, frozenset())
        return None if EVERYWHERE in granted else granted


ALL = Permissions.parse([f"classrooms/{EVERYWHERE}:{Permission.ADMIN.value}"])
NONE = Permissions()
