"""The pages in a real browser, on the real system."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from edge_helpers import call
from page_helpers import fake_camera, new_session, open_page, record, started_browser
from playwright.sync_api import Browser, Dialog, expect

from liveclass.emotions import Emotion
from liveclass.identity.local_keys import read_key
from liveclass.stack import Stack

pytestmark = pytest.mark.skipif(
    not shutil.which("chromium") and not os.environ.get("CI"), reason="chromium is not installed"
)

GRAFANA = "https://grafana.school.example"
FIRST_LOAD_BYTES = 150_000
PATHS = ["/", "/camera", "/operator", "/live?session={0}", "/compare?first={0}&second={0}"]
AXE = Path("build/node/node_modules/axe-core/axe.min.js")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """With a camera, which shows a smiling face."""
    with started_browser(*fake_camera(tmp_path_factory.mktemp("camera"))) as browser:
        yield browser


def test_a_lesson_is_started_seen_by_a_camera_and_watched(stack: Stack, browser: Browser) -> None:
    teacher = open_page(browser, stack, "/")
    teacher.get_by_label("Classroom").fill("page-camera")
    teacher.get_by_label("Title").fill("Music")
    teacher.get_by_label("Shown from").fill("1")
    teacher.get_by_role("button", name="Start").click()
    expect(teacher.get_by_role("heading", name="Music")).to_be_visible()

    camera = open_page(browser, stack, "/camera")
    expect(camera.get_by_label("Lesson").locator("option", has_text="Music")).to_have_count(1)
    camera.get_by_label("Lesson").select_option(label=f"Music ({session_of(teacher.url)})")
    camera.get_by_role("button", name="Start").click()

    expect(camera.get_by_label("Faces in the last picture")).to_contain_text("happiness")
    expect(camera.get_by_role("status")).to_contain_text(re.compile(r"[1-9]\d* of them recorded"))
    shown = teacher.locator(".bars li", has_text="happiness").locator(".value")
    expect(shown).to_have_text(re.compile(r"[89]\d%"))
    camera.get_by_role("button", name="Pause").click()
    expect(camera.get_by_role("status")).to_have_text("The camera is off.")
    assert camera.evaluate("document.querySelector('video').srcObject") is None


def test_the_camera_says_why_nothing_is_recorded(stack: Stack, browser: Browser) -> None:
    session = new_session(stack)
    call(stack, "POST", f"/v1/{session}:end", {})
    camera = open_page(browser, stack, f"/camera?session={session}")

    camera.get_by_role("button", name="Start").click()

    expect(camera.get_by_role("alert")).to_contain_text("Not recorded: ")
    expect(camera.get_by_role("alert")).to_contain_text("ended")
    expect(camera.get_by_role("status")).to_have_text("The camera is off.")


def test_a_participant_joins_by_a_link_as_a_source_of_its_own(stack: Stack, browser: Browser) -> None:
    session = new_session(stack)
    teacher = open_page(browser, stack, f"/camera?session={session}")
    teacher.get_by_text("Invite participants").click()
    teacher.get_by_label("Token for participants").fill(stack.edge_token)
    teacher.get_by_role("button", name="Make the link").click()
    link = teacher.get_by_label("Link for participants").input_value()

    pseudonyms = [teacher.get_by_text("This tab's pseudonym: camera-").inner_text()]
    for _ in range(2):
        page = browser.new_context(locale="en-GB").new_page()
        page.goto(link)
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("status")).to_contain_text(re.compile(r"[1-9]\d* of them recorded"))
        pseudonyms.append(page.get_by_text("This tab's pseudonym: camera-").inner_text())
        page.close()

    assert len(set(pseudonyms)) == 3


def test_the_operator_sees_what_answers_and_which_model(stack: Stack, browser: Browser) -> None:
    session = new_session(stack, title="Physics")
    page = open_page(browser, stack, "/operator")
    detection = page.get_by_role("row", name="Detection and model")
    expect(detection).to_contain_text("answers")
    expect(detection).to_contain_text(re.compile(r"model emotion, version \d+"))
    expect(page.get_by_role("link", name="Physics").first).to_be_visible()
    for service in ("detection", "session"):
        expect(page.get_by_role("row", name=f"{service} 1 of 1")).to_be_visible()
    for figure in ("Live sources", "Frames waiting"):
        expect(page.locator(".figures div", has_text=figure).locator("dd")).to_have_text(re.compile(r"\d+"))
    expect(page.get_by_role("link", name="Dashboards in Grafana")).to_have_attribute("href", GRAFANA)
    assert call(stack, "GET", f"/v1/{session}").json["state"] == "STATE_ACTIVE"


def test_only_administrators_are_shown_the_installation(stack: Stack, browser: Browser) -> None:
    """The server refuses: the page has nothing to hide."""
    key = read_key(stack.directory / "keys")
    tokens = {
        tenant: key.sign("somebody", [f"classrooms/*:{permission}"], 600, audience="liveclass", tenant=tenant)[0]
        for tenant, permission in (("", "view"), ("another-school", "admin"))
    }
    for token in tokens.values():
        assert call(stack, "GET", "/operator/installation.json", token=token).status == 403
    assert call(stack, "GET", "/operator/installation.json", token=None).status == 401

    page = browser.new_context(locale="en-GB").new_page()
    page.goto(f"{stack.edge_url}/operator#token={tokens['']}")
    expect(page.get_by_role("alert")).to_contain_text("classrooms/*:admin")
    assert page.locator(".figures dd, tbody tr").count() == 0


def session_of(url: str) -> str:
    """The session that the page at `url` shows."""
    return parse_qs(urlsplit(url).query)["session"][0]


def test_the_live_page_shows_the_class_as_it_changes_and_over_restarts(stack: Stack, browser: Browser) -> None:
    session = new_session(stack)
    page = open_page(browser, stack, f"/live?session={session}")
    expect(page.get_by_role("heading", name="Geometry")).to_be_visible()
    state = page.get_by_role("status")
    expect(state).to_have_text("Live")
    happiness = page.locator(".bars li", has_text="happiness").locator(".value")
    anger = page.locator(".bars li", has_text="anger").locator(".value")

    record(stack, session, Emotion.HAPPINESS)
    expect(happiness).to_have_text("88%")

    stack.kill("session")
    expect(state).to_have_text("Reconnecting …")
    stack.restart("session")
    for _ in range(20):
        record(stack, session, Emotion.ANGER)
    expect(state).to_have_text("Live")
    expect(anger).to_have_text(re.compile("8[4-8]%"))  # in the bucket of before, or in the next

    stack.kill("edge")
    expect(state).to_have_text("Reconnecting …")
    stack.restart("edge")
    expect(state).to_have_text("Live")

    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="End lesson").click()
    expect(state).to_have_text("Ended")
    assert call(stack, "GET", f"/v1/{session}").json["state"] == "STATE_ENDED"


def test_the_timeline_is_downloaded(stack: Stack, browser: Browser) -> None:
    session = new_session(stack)
    record(stack, session, Emotion.SURPRISE)
    page = open_page(browser, stack, f"/live?session={session}")

    for button, first in (("Download CSV", "start_time,"), ("Download JSON Lines", '{"')):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        assert Path(download.value.path()).read_text("utf-8").startswith(first)


def test_a_group_that_is_too_small_is_hatched_and_said_to_be(stack: Stack, browser: Browser) -> None:
    session = new_session(stack, minimum=5)
    record(stack, session, Emotion.HAPPINESS, people=2)
    page = open_page(browser, stack, f"/live?session={session}")

    expect(page.get_by_text("Groups of fewer than 5 are not shown")).to_be_visible()
    expect(page.get_by_text("Nothing was seen yet.")).to_be_visible()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("cell", name="too few people")).to_be_visible()
    assert "%" not in page.locator("tbody").inner_text()


def test_the_chart_is_read_with_the_keyboard(stack: Stack, browser: Browser) -> None:
    session = new_session(stack)
    record(stack, session, Emotion.FEAR)
    page = open_page(browser, stack, f"/live?session={session}")
    chart = page.get_by_role("slider")
    expect(page.locator(".bars li", has_text="fear").locator(".value")).to_have_text("88%")

    chart.press("End")

    assert "fear 88%" in (chart.get_attribute("aria-valuetext") or "")


def test_a_moment_is_marked(stack: Stack, browser: Browser) -> None:
    session = new_session(stack)
    page = open_page(browser, stack, f"/live?session={session}")
    expect(page.get_by_role("status")).to_have_text("Live")

    page.get_by_label("What is happening now").fill("quiz")
    page.get_by_role("button", name="Mark").click()

    expect(page.locator(".moments")).to_contain_text("quiz")
    assert call(stack, "GET", f"/v1/{session}").json["markers"][0]["text"] == "quiz"


def test_a_lesson_is_started_from_the_list(stack: Stack, browser: Browser) -> None:
    page = open_page(browser, stack, "/")
    page.get_by_label("Classroom").fill("page-list")
    page.get_by_label("Title").fill("Poetry")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="Poetry")).to_be_visible()

    page.get_by_role("link", name="Lessons").click()
    expect(page.get_by_role("heading", name="page-list")).to_be_visible()
    expect(page.get_by_role("link", name="Poetry").first).to_be_visible()


def test_two_lessons_are_seen_side_by_side(stack: Stack, browser: Browser) -> None:
    names = [new_session(stack, title=title) for title in ("Algebra", "Poetry")]
    for name, emotion in zip(names, (Emotion.HAPPINESS, Emotion.SADNESS), strict=True):
        record(stack, name, emotion)
    page = open_page(browser, stack, f"/compare?first={names[0]}&second={names[1]}")

    for side, title, emotion in (("#first", "Algebra", "happiness"), ("#second", "Poetry", "sadness")):
        expect(page.locator(side).get_by_role("heading", name=title)).to_be_visible()
        expect(page.locator(side).locator(".bars li", has_text=emotion).locator(".value")).to_have_text("88%")


def test_the_token_leaves_the_address_and_goes_nowhere_else(stack: Stack, browser: Browser) -> None:
    page = open_page(browser, stack, "/")
    expect(page.get_by_role("link", name="Lessons")).to_be_visible()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.reload(wait_until="networkidle")

    token = page.evaluate("sessionStorage.getItem('liveclass.token')")
    assert token
    assert token not in page.url
    assert requests
    assert all(url.startswith(stack.edge_url) and token not in url for url in requests)
    assert token not in page.evaluate("document.cookie + JSON.stringify(localStorage)")


def test_a_link_is_no_other_call_than_of_its_lesson(stack: Stack, browser: Browser) -> None:
    session = new_session(stack)
    page = open_page(browser, stack, "/")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{stack.edge_url}/live?session={quote(session + '/observations:delete?source=cam#', safe='')}")

    expect(page.locator("#class")).to_contain_text("Choose a lesson from the list.")
    assert not [url for url in requests if "observations" in urlsplit(url).path]


@pytest.mark.parametrize("is_wanted", [False, True])
def test_a_link_replaces_the_token_of_a_tab_only_where_that_is_wanted(
    stack: Stack, browser: Browser, *, is_wanted: bool
) -> None:
    page = open_page(browser, stack, "/")
    before = page.evaluate("sessionStorage.getItem('liveclass.token')")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        if is_wanted:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    page.goto(f"{stack.edge_url}/operator#token=somebody-elses")
    page.wait_for_function("!location.hash")

    assert len(asked) == 1
    kept = page.evaluate("sessionStorage.getItem('liveclass.token')")
    assert kept == ("somebody-elses" if is_wanted else before)


def test_without_a_token_it_asks_for_one(stack: Stack, browser: Browser) -> None:
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(f"{stack.edge_url}/")
    page.get_by_label("Link oder Token").fill(f"{stack.edge_url}/#token={stack.edge_token}")
    page.get_by_role("button", name="Weiter").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Stunden", exact=True)).to_be_visible()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_small_and_its_policy_holds(
    stack: Stack, browser: Browser, path: str, scheme: str
) -> None:
    if not AXE.exists() and not os.environ.get("CI"):
        pytest.skip("no axe-core: make pagetypes installs it")
    session = new_session(stack)
    record(stack, session, Emotion.HAPPINESS)
    page = browser.new_context(color_scheme=scheme, bypass_csp=False).new_page()
    problems: list[str] = []
    sizes: list[int] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(f"{stack.edge_url}{path.format(session)}#token={stack.edge_token}")
    page.wait_for_timeout(1000)
    found = page.evaluate(f"{AXE.read_text('utf-8')}; axe.run()")

    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    assert not serious, json.dumps(serious, indent=1)[:4000]
    assert not problems
    assert 0 < sum(sizes) < FIRST_LOAD_BYTES


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", [320, 3840])
def test_it_fits_a_phone_and_a_projector(stack: Stack, browser: Browser, path: str, width: int) -> None:
    """Even with the longest title: nothing has to be scrolled sideways."""
    session = new_session(stack, title="W" * 200)
    page = open_page(browser, stack, path.format(session), viewport={"width": width, "height": 800})
    page.wait_for_load_state("networkidle" if path in ("/", "/camera") else "load")
    expect(page.get_by_role("navigation")).to_be_visible()
    page.wait_for_timeout(300)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_of_another_origin_can_neither_read_nor_change_anything(stack: Stack, browser: Browser) -> None:
    """Even with a token that it has stolen, and even by framing the page."""
    session = new_session(stack)
    page = browser.new_context().new_page()
    page.route("http://attacker.example/", lambda route: route.fulfill(body="<h1>free tickets</h1>"))
    page.goto("http://attacker.example/")
    attempts = """async ([base, session, token]) => {
        const outcomes = [];
        for (const [path, options] of [
            [`/v1/${session}`, {headers: {authorization: `Bearer ${token}`}}],
            [`/v1/${session}:end`, {method: "POST", mode: "no-cors", body: "{}"}],
            [`/v1/${session}:end`, {method: "POST", headers: {authorization: `Bearer ${token}`}}],
            ["/static/api.js", {}],
        ]) {
            const read = (response) => response.type === "opaque" ? "opaque" : response.text();
            outcomes.push(await fetch(base + path, options).then(read, () => "refused"));
        }
        const frame = document.createElement("iframe");
        frame.src = `${base}/live?session=${session}`;
        document.body.append(frame);
        await new Promise((resolve) => setTimeout(resolve, 500));
        return outcomes;
    }"""
    outcomes = page.evaluate(attempts, [stack.edge_url, session, stack.edge_token])

    assert [outcome for outcome in outcomes if outcome not in ("opaque", "refused")] == []
    assert [frame.url.split(":")[0] for frame in page.frames[1:]] == ["chrome-error"]
    assert call(stack, "GET", f"/v1/{session}").json["state"] == "STATE_ACTIVE"
