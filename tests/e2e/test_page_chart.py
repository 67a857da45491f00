"""The chart of a lesson, as a reader uses it: pointing, zooming, following, and what is marked and hatched in it."""

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from page_helpers import open_page, started_browser
from page_screenshots import record_lesson
from playwright.sync_api import Browser, Page, expect

from liveclass.stack import Stack

pytestmark = pytest.mark.skipif(
    not shutil.which("chromium") and not os.environ.get("CI"), reason="chromium is not installed"
)

HATCHED = """() => {
    const canvas = document.querySelector(".plot canvas");
    const hatch = getComputedStyle(document.documentElement).getPropertyValue("--hatch");
    const [r, g, b] = hatch.match(/\\d+/g).map(Number);
    const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = [];
    for (let i = 0; i < data.length * 0.8; i += 4) { // without the axis below
        if (data[i] === r && data[i + 1] === g && data[i + 2] === b) found.push((i / 4) % width / width);
    }
    return found.filter((share) => share > 0.1); // nor the one at the left
}"""
"""Where pixels have exactly the colour of the hatching, as fractions of the chart's width."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def lesson(stack: Stack) -> str:
    """Half an hour that becomes happier after 55 % of it, and in which too few people are seen after 75 %."""
    return record_lesson(stack, "Geometry", turn=0.55)


@pytest.fixture
def page(stack: Stack, browser: Browser, lesson: str) -> Iterator[Page]:
    page = open_page(browser, stack, f"/live?session={lesson}", timezone_id="UTC")
    expect(page.locator(".bars li")).not_to_have_count(0)
    expect(page.locator(".moments .change").first).to_be_visible()
    yield page
    page.close()


def point(page: Page, share: float) -> str:
    """Points at the chart, and returns the time that is then shown."""
    page.mouse.move(*place(page, share))
    title = page.get_by_role("heading", name=re.compile(r"\d+:\d\d:\d\d"))
    expect(title).to_be_visible()
    return re.search(r"\d+:\d\d:\d\d", title.inner_text())[0]


def place(page: Page, share: float) -> tuple[float, float]:
    """A point of the chart, at a share of its width."""
    box = page.locator(".u-over").first.bounding_box()
    assert box
    return box["x"] + box["width"] * share, box["y"] + box["height"] / 2


def test_what_is_pointed_at_is_shown(page: Page) -> None:
    happiness = page.locator(".bars li", has_text="happiness").locator(".value")
    percent = []
    for share in (0.1, 0.7):
        point(page, share)
        percent.append(int(happiness.inner_text().rstrip("%")))
    assert percent[1] > percent[0] + 20

    page.mouse.move(5, 5)
    expect(page.get_by_role("heading", name=re.compile(r"\d+:\d\d:\d\d"))).to_have_count(0)


def test_a_part_is_looked_at_closer_until_the_newest_is_followed_again(page: Page) -> None:
    following = page.get_by_label("Follow live")
    first, last = point(page, 0.01), point(page, 0.99)

    page.mouse.move(*place(page, 0.4))
    page.mouse.down()
    page.mouse.move(*place(page, 0.6), steps=5)
    page.mouse.up()
    expect(following).not_to_be_checked()
    closer = point(page, 0.01), point(page, 0.99)
    following.check()

    assert first < closer[0] < closer[1] < last
    assert point(page, 0.01) == first


def test_changes_and_marks_say_what_they_are(page: Page) -> None:
    moments = page.locator(".moments li")
    expect(moments.filter(has_text="happiness rose from")).not_to_have_count(0)
    expect(moments.filter(has_text="group work").locator(".mark")).to_have_text("A")


def test_what_is_suppressed_is_hatched_and_nothing_else(page: Page) -> None:
    expect(page.get_by_text("Groups of fewer than 5 are not shown")).to_be_visible()
    hatched = page.evaluate(HATCHED)
    assert min(hatched) > 0.7
    assert sum(share < 0.9 for share in hatched) > 100  # and then the newest bucket, until it is over
    assert not [share for share in hatched if 0.9 < share < 0.95]

    point(page, 0.8)
    expect(page.locator(".bars")).to_have_text("too few people")


def test_lines_are_drawn_instead_of_bands(page: Page) -> None:
    bands = page.locator(".plot canvas").first.screenshot()
    page.get_by_label("Chart").select_option(label="Lines with 95 % bands")
    page.wait_for_timeout(200)
    assert page.locator(".plot canvas").first.screenshot() != bands


def test_the_report_is_the_page_without_what_is_only_for_the_screen(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Geometry")).to_be_visible()
    expect(page.locator(".moments")).to_be_visible()
    expect(page.locator(".plot canvas").first).to_be_visible()
    for button in ("Print report", "End lesson"):
        expect(page.get_by_role("button", name=button)).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")
