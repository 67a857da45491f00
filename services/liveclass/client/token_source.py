"""Where a client's token comes from: a program key is exchanged, and nothing secret goes out in plaintext."""

from collections.abc import Iterable

import grpc

from liveclass.client.channel import channel_options
from liveclass.client.errors import TokenError, error_from_rpc
from liveclass.client.tokens import TokenSource
from liveclass.secure_channel import is_local_address, open_channel, uses_tls
from liveclass.tls import Tls
from liveclass.v1 import identity_pb2, identity_pb2_grpc

PROGRAM_KEY = "lc_"
"""What a program key begins with; a token is base64, and begins with the letters of its header."""

EXCHANGE_SECONDS = 10.0


def token_source(
    token: TokenSource | None, addresses: Iterable[str], session: str, tls: Tls | None, *, plaintext: bool
) -> TokenSource | None:
    """The same, except that a program key is exchanged at the service `session`, again before each token expires.

    Raises TokenError where it would be sent to another machine in plaintext, unless `plaintext` allows that.
    """
    if not token:
        return None
    for address in addresses:
        if not plaintext and not uses_tls(address, tls) and not is_local_address(address):
            raise TokenError(
                f"the token would go to {address} in plaintext: write https://…, or, where the network is private, "
                "allow it by plaintext_token=True (for commands: LIVECLASS_PLAINTEXT_TOKEN=true)"
            )
    if isinstance(token, str) and not token.startswith(PROGRAM_KEY):
        return token

    def fetch() -> str:
        text = (token if isinstance(token, str) else token()).strip()
        return exchange_key(session, text, tls) if text.startswith(PROGRAM_KEY) else text

    return fetch


def exchange_key(session: str, key: str, tls: Tls | None = None) -> str:
    """A token for a program key, from the session service. Raises ServiceError."""
    channel = open_channel(grpc, session, tls, options=channel_options())
    try:
        request = identity_pb2.ExchangeKeyRequest(key=key)
        answer = identity_pb2_grpc.IdentityServiceStub(channel).ExchangeKey(request, timeout=EXCHANGE_SECONDS)
    except grpc.RpcError as error:
        raise error_from_rpc(error, "session", session, tls=uses_tls(session, tls)) from None
    else:
        return str(answer.token)
    finally:
        channel.close()
