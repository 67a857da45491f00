"""Filters and page tokens of ListSessions: whatever arrives, the answer names the field, and soon."""

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liveclass.names import SessionName
from liveclass.runtime.errors import InvalidArgumentError
from liveclass.session import listing
from liveclass.session.model import Session
from liveclass.v1 import session_pb2

Request = session_pb2.ListSessionsRequest

PIECES = st.sampled_from(
    ["state", "=", "!=", "<", ">=", "ACTIVE", "AND", "classroom", '"7b"', "start_time", "end_time", " ", "'", '"', "\0",
     '"2026-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999999Z"', '"0001-01-01T00:00:00-14:00"', "x", "²", "\u2028"]
)  # fmt: skip  # as many on a line as fit
TOKEN_PIECES = st.sampled_from(["[", "]", "{", "1e400", "NaN", "-1", f"{10**30}", "1", ",", '"', " ", "null"])


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200))
@example('start_time<"2026-01-01T00:00:00.9e999Z"')
@example('start_time<"2026-01-01T00:00:00+9e999"')
def test_a_filter_is_understood_or_refused_by_name(text: str) -> None:
    try:
        listing.parse_filter(text)
    except InvalidArgumentError as error:
        assert error.field == "filter"  # noqa: PT017  # what is understood is fine as well
        assert len(error.description) < 400  # noqa: PT017  # as above


@pytest.mark.parametrize(
    "text", ["x" * 4_000_000, " " * 1001, " AND ".join(["state=ACTIVE"] * 21), f"{'x' * 900}=1", f"state={'x' * 900}"]
)
def test_a_filter_that_is_too_long_is_refused_in_few_words(text: str) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        listing.query(Request(parent="classrooms/-", filter=text), "default")
    assert refused.value.field == "filter"
    assert len(str(refused.value)) < 200


def test_a_filter_of_the_greatest_length_is_understood() -> None:
    text = " AND ".join(["state=ACTIVE"] * 20)
    assert len(listing.parse_filter(text + " " * (1000 - len(text)))) == 20


@given(st.lists(TOKEN_PIECES, max_size=60).map("".join) | st.text(max_size=100))
@example("[" * 60_000)
@example("1 7b maths 0123456789abcdef")
@example(f"{10**18} 7b maths 0123456789abcdef")
@example("٣ 7b maths 0123456789abcdef")
def test_a_token_that_was_made_up_is_refused(content: str) -> None:
    for token in (content, base64.urlsafe_b64encode(content.encode()).decode()):
        if token:
            with pytest.raises(InvalidArgumentError) as refused:
                listing.query(Request(parent="classrooms/-", page_token=token), "default")
            assert refused.value.field == "page_token"


def test_a_token_goes_on_after_the_last_session_for_the_same_question_and_tenant_only() -> None:
    last = Session(7, SessionName("default", "7b", "x"), "", 253_402_300_799_000_000, None, 1, 1, None, None, 0)
    request = Request(parent="classrooms/-", filter="state=ACTIVE")
    request.page_token = listing.next_page_token(request, last)
    assert listing.query(request, "default").after == (last.start_time, "7b", "x")
    with pytest.raises(InvalidArgumentError, match="not one that this service gave"):
        listing.query(request, "north")
    request.filter = "state=ENDED"
    with pytest.raises(InvalidArgumentError, match="not one that this service gave"):
        listing.query(request, "default")


def test_a_token_of_the_longest_names_is_taken_back() -> None:
    name = SessionName("default", "c" * 63, "s" * 63)
    last = Session(7, name, "", 253_402_300_799_000_000, None, 1, 1, None, None, 0)
    request = Request(parent="classrooms/-")
    request.page_token = listing.next_page_token(request, last)
    assert listing.query(request, "default").after == (last.start_time, name.classroom, name.session)
