"""A fair queue: start-time fair queueing (Goyal, Vin and Cheng, 1996) on a tree, such as callers and, in each, sources.

Of the paths that have something waiting the one goes next whose turn begins earliest in virtual time, which advances by
a turn when every such path had one. An item that costs several turns puts its path off by as many. What a path was
charged is remembered until that time has passed, also while nothing of it waits, and no longer.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Path = tuple[Hashable, ...]
"""From the outermost share to the innermost, such as (address, connection, source)."""


@dataclass
class _Node(Generic[Item]):
    children: "dict[Hashable, _Node[Item]]" = field(default_factory=dict)
    """With something waiting, or still charged."""
    items: deque[Item] = field(default_factory=deque)
    """Oldest first; in leaves only."""
    waiting: int = 0
    """Items in it and below it."""
    active: int = 0
    """Children with something waiting."""
    start: float = 0.0
    """When its next turn begins, in the virtual time of its parent."""
    now: float = 0.0
    """The virtual time of its children."""

    def add_to(self, key: Hashable) -> "_Node[Item]":
        """The child `key`, to which one item is added."""
        child = self.children.setdefault(key, _Node())
        if not child.waiting:
            self.active += 1
            child.start = max(child.start, self.now)
        child.waiting += 1
        return child

    def remove_from(self, key: Hashable, *, is_charged: bool) -> None:
        """One item of the child `key` is removed; `is_charged` keeps in mind what it was charged, and will be."""
        child = self.children[key]
        child.waiting -= 1
        if child.waiting:
            return
        self.active -= 1
        if not is_charged and child.start <= self.now:
            del self.children[key]
        if not self.active:  # nobody has to wait for another
            self.children.clear()

    def spend(self, child: "_Node[Item]", turns: int) -> None:
        """Puts `child` off by so many turns."""
        child.start += turns
        self.now += turns / max(1, self.active + (not child.waiting))

    def next_child(self) -> "tuple[Hashable, _Node[Item]]":
        """The child whose turn it is. Forgets those without items whose charge is over."""
        over, best = [], None
        for key, child in self.children.items():
            if child.waiting:
                best = (key, child) if best is None or child.start < best[1].start else best
            elif child.start <= self.now:
                over.append(key)
        for key in over:
            del self.children[key]
        if best is None:
            raise IndexError("the queue is empty")
        return best


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
            node = node.add_to(key)
        node.items.append(item)

    def pop(self) -> tuple[Path, Item]:
        """Removes and returns the next item. Raises `IndexError` where the queue is empty."""
        path: list[Hashable] = []
        node = self._root
        while not node.items:
            key, child = node.next_child()
            node.spend(child, 1)
            path.append(key)
            node = child
        item = node.items[0]
        self._remove(tuple(path), item, is_charged=True)
        return tuple(path), item

    def charge(self, path: Path, turns: int) -> None:
        """Charges `path` so many turns for an item that was popped from it."""
        node = self._root
        for key in path:
            child = node.children.get(key)
            if child is None:  # nobody else waited
                return
            node.spend(child, turns - 1)
            node = child

    def remove(self, path: Path, item: Item) -> None:
        """Removes an item. Raises `ValueError` where it is not in the queue."""
        self._remove(path, item, is_charged=False)

    def _remove(self, path: Path, item: Item, *, is_charged: bool) -> None:
        nodes = [self._root]
        for key in path:
            if key not in nodes[-1].children:
                raise ValueError(path)
            nodes.append(nodes[-1].children[key])
        nodes[-1].items.remove(item)
        self._root.waiting -= 1
        for parent, key in zip(nodes[:-1], path, strict=True):
            parent.remove_from(key, is_charged=is_charged)

    def ahead(self, path: Path) -> int:
        """About how many items are popped before one that is pushed now."""
        nodes = [self._root]
        for key in path:
            nodes.append(nodes[-1].children.get(key) or _Node(start=nodes[-1].now))
        ahead = nodes[-1].waiting
        for parent, key, own in zip(reversed(nodes[:-1]), reversed(path), reversed(nodes[1:]), strict=True):
            begins = own.start if own.waiting else max(own.start, parent.now)
            ahead += sum(
                min(other.waiting, max(0, ahead + 1 + round(begins - other.start)))
                for name, other in parent.children.items()
                if name != key
            )
        return ahead

    def newest_of_the_longest(self) -> tuple[Path, Item]:
        """The newest item of the path with most items. Raises `IndexError` where the queue is empty."""
        path: list[Hashable] = []
        node = self._root
        while node.waiting and not node.items:
            key, node = max(node.children.items(), key=lambda pair: pair[1].waiting)
            path.append(key)
        return tuple(path), node.items[-1]
