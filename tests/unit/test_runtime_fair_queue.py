"""Whose turn it is."""

from collections import Counter

import pytest

from liveclass.runtime.fair_queue import FairQueue


def test_paths_take_turns_and_each_keeps_its_order() -> None:
    queue: FairQueue[str] = FairQueue()
    for item in ("a0", "a1", "a2", "b0", "b1"):
        queue.push((item[0],), item)
    assert [queue.pop()[1] for _ in range(5)] == ["a0", "b0", "a1", "b1", "a2"]
    with pytest.raises(IndexError):
        queue.pop()


def shares(pops: int, costs: dict[str, int], *, waiting: dict[str, int]) -> Counter[str]:
    """Turns that each path got, of which so many items wait at any time: what was popped is pushed again."""
    queue: FairQueue[str] = FairQueue()
    used: Counter[str] = Counter()
    for name, items in waiting.items():
        for _ in range(items):
            queue.push((name,), name)
    for _ in range(pops):
        path, name = queue.pop()
        queue.charge(path, costs[name])
        used[name] += costs[name]
        queue.push((name,), name)
    return used


def test_what_a_path_was_charged_is_not_forgotten_while_nothing_of_it_waits() -> None:
    used = shares(1_100, {"large": 10, "small": 1}, waiting={"large": 1, "small": 50})
    assert used["large"] == pytest.approx(used["small"], rel=0.05)


def test_a_path_that_was_away_gets_no_more_than_its_share_afterwards() -> None:
    queue: FairQueue[str] = FairQueue()
    for _ in range(100):
        queue.push(("a",), "a")
    for _ in range(40):
        queue.pop()
    for _ in range(30):
        queue.push(("b",), "b")
    assert Counter(queue.pop()[1] for _ in range(40)) == {"a": 20, "b": 20}


def test_names_that_are_used_once_keep_nobody_out_and_take_no_memory() -> None:
    queue: FairQueue[str] = FairQueue()
    for name in ("regular", *(f"first-{number}" for number in range(50))):
        queue.push((name,), name)
    served, most_known = 0, 0
    for number in range(5_000):
        path, name = queue.pop()
        queue.charge(path, 5)
        served += name == "regular"
        queue.push(("regular",) if name == "regular" else (f"once-{number}",), name if name == "regular" else "once")
        most_known = max(most_known, len(queue._root.children))  # nothing else shows what it remembers
    assert served == pytest.approx(5_000 / 51, rel=0.1)
    assert most_known < 200


def test_shares_are_of_the_outer_path_first() -> None:
    queue: FairQueue[str] = FairQueue()
    for number in range(30):
        queue.push(("flood", number), "flood")
    for _ in range(10):
        queue.push(("modest", 0), "modest")
    assert Counter(queue.pop()[1] for _ in range(20)) == {"flood": 10, "modest": 10}


def test_how_many_go_first_is_known_before() -> None:
    queue: FairQueue[str] = FairQueue()
    for _ in range(10):
        queue.push(("a",), "a")
    assert queue.ahead(("b",)) == 1
    assert queue.ahead(("a",)) == 10
    queue.push(("b",), "b")
    for _ in range(2):
        path, _ = queue.pop()
        queue.charge(path, 4 if path == ("b",) else 1)
    assert queue.ahead(("b",)) == 4
