"""Why a service cannot be reached, in words: gRPC tells the story of a connection, address by address."""

import re

_CAUSES = (
    (r"Domain name not found|no such host", "there is no host of that name"),
    (r"Misformatted domain name|Failed to parse|address lookup failed", "this is no address; write it as host:port"),
    (
        r"WRONG_VERSION_NUMBER",
        "it speaks plaintext, and TLS was asked for: leave `credentials` out, or give the address of its TLS end",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED: (?P<detail>[^:]+)",
        "its TLS certificate is not trusted: {detail}; name its authority with grpc.ssl_channel_credentials(CA)",
    ),
    (
        r"Hostname Verification Check failed|Peer name .* is not in peer certificate",
        "its TLS certificate is another host's: use the name that the certificate holds",
    ),
    (
        r"Socket closed|[Cc]onnection reset|recvmsg",
        "it closed the connection at once; if it is behind TLS, say so with credentials=grpc.ssl_channel_credentials()",
    ),
    (r"parsing HTTP/2|SETTINGS frame", "what answers there does not speak gRPC"),
)


def cause_of(told: str) -> str:
    """What went wrong, from what gRPC tells of it: one of a few common causes, or else the end of the story."""
    first = (told.splitlines() or ["no reason given"])[0]
    for pattern, sentence in _CAUSES:
        if match := re.search(pattern, first):
            return sentence.format(**match.groupdict())
    return first.rpartition(": ")[2]
