"""Page tokens of ListSessions."""

import base64

import pytest

from liveclass.runtime.errors import InvalidArgumentError
from liveclass.session import listing
from liveclass.v1 import session_pb2


@pytest.mark.parametrize("content", ["[1e400, 1, 1]", f"[{10**30}, 1, 1]", "[-1, 1, 1]", "[NaN, 1, 1]", "[1]", "{"])
def test_a_token_that_was_made_up_is_refused(content: str) -> None:
    token = base64.urlsafe_b64encode(content.encode()).decode()
    with pytest.raises(InvalidArgumentError, match="not one that this service gave"):
        listing.query(session_pb2.ListSessionsRequest(parent="classrooms/-", page_token=token))
