"""A fair queue: weighted round robin on a tree, such as callers and, within each, their sources.

An item that costs several turns makes its path skip as many. A path without items is removed at once, so that names
that are used once take no memory.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Path = tuple[Hashable, ...]
"""From the outermost share to the innermost, such as (address, connection, source)."""


@dataclass
class _Node(Generic[Item]):
    children: "OrderedDict[Hashable, _Node[Item]]" = field(default_factory=OrderedDict)
    """The next one first."""
    items: deque[Item] = field(default_factory=deque)
    """Oldest first; in leaves only."""
    waiting: int = 0
    """Items in it and below it; at least one, but for the root."""
    debt: int = 0
    """Turns that it still skips."""


class FairQueue(Generic[Item]):
    """Items by path. All paths are equally long."""

    def __init__(self) -> None:
        self._root: _Node[Item] = _Node()

    def __len__(self) -> int:
        return self._root.waiting

    def push(self, path: Path, item: Item) -> None:
        node = self._root
        node.waiting += 1
        for key in path:
            node = node.children.setdefault(key, _Node())
            node.waiting += 1
        node.items.append(item)

    def pop(self) -> tuple[Path, Item]:
        """Removes and returns the next item. Raises `IndexError` where the queue is empty."""
        path: list[Hashable] = []
        node = self._root
        while node.children:
            key, child = next(iter(node.children.items()))
            while child.debt:
                child.debt -= 1
                node.children.move_to_end(key)
                key, child = next(iter(node.children.items()))
            node.children.move_to_end(key)
            path.append(key)
            node = child
        item = node.items[0]
        self.remove(tuple(path), item)
        return tuple(path), item

    def charge(self, path: Path, turns: int) -> None:
        """Charges `path` so many turns for an item that was popped from it."""
        node = self._root
        for key in path:
            child = node.children.get(key)
            if child is None:
                return
            child.debt += turns - 1
            node = child

    def remove(self, path: Path, item: Item) -> None:
        """Removes an item. Raises `ValueError` where it is not in the queue."""
        node = self._root
        nodes = [node]
        for key in path:
            if key not in node.children:
                raise ValueError(path)
            node = node.children[key]
            nodes.append(node)
        node.items.remove(item)
        for each in nodes:
            each.waiting -= 1
        for parent, key, child in zip(nodes, path, nodes[1:], strict=False):
            if not child.waiting:
                del parent.children[key]
                return

    def ahead(self, path: Path) -> int:
        """About how many items are popped before one that is pushed now."""
        nodes = [self._root]
        for key in path:
            known = nodes[-1].children.get(key)
            nodes.append(known or _Node())
        ahead = nodes[-1].waiting
        for parent, key in zip(reversed(nodes[:-1]), reversed(path), strict=True):
            siblings = (child for other, child in parent.children.items() if other != key)
            ahead += sum(min(sibling.waiting, ahead + 1) for sibling in siblings)
        return ahead

    def newest_of_the_longest(self) -> tuple[Path, Item]:
        """The newest item of the path with most items. Raises `IndexError` where the queue is empty."""
        path: list[Hashable] = []
        node = self._root
        while node.children:
            key, node = max(node.children.items(), key=lambda pair: pair[1].waiting)
            path.append(key)
        return tuple(path), node.items[-1]
