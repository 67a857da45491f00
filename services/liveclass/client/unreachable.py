"""Explains connection errors: turns gRPC's message into a sentence about the cause."""

import re

_CAUSES = (
    (r"Domain name not found|no such host", "there is no host of that name"),
    (r"Misformatted domain name|Failed to parse|address lookup failed", "this is no address; write it as host:port"),
    (
        r"WRONG_VERSION_NUMBER",
        "it speaks plaintext, and TLS was asked for: write the address without https://, and name no certificate",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED: certificate has expired",
        "its TLS certificate has expired, or this machine's clock is wrong",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED: (?P<detail>[^:]+)",
        "its TLS certificate is not trusted: {detail}; name its authority with Tls(ca=FILE), or LIVECLASS_CA",
    ),
    (
        r"Hostname Verification Check failed|Peer name .* is not in peer certificate",
        "its TLS certificate is another host's: use the name that the certificate holds",
    ),
    (r"parsing HTTP/2|SETTINGS frame", "what answers there does not speak gRPC"),
)

_CLOSED = r"Socket closed|[Cc]onnection reset|recvmsg|Broken pipe"
_CLOSED_PLAINTEXT = "it closed the connection at once; if it speaks TLS, write the address as https://host:port"
_CLOSED_TLS = (
    "it closed the connection at once, as a service does that wants to see a client's certificate, signed by the "
    "authority it trusts: give one with Tls(certificate=FILE, key=FILE), or LIVECLASS_CERTIFICATE and LIVECLASS_KEY"
)


def cause_of(message: str, *, tls: bool = False) -> str:
    """The cause of a connection error: a sentence for common ones, otherwise the end of gRPC's message.

    `tls`: whether TLS was used; a server that rejects a handshake closes the connection without an error.
    """
    first = (message.splitlines() or ["no reason given"])[0]
    if re.search(_CLOSED, first):
        return _CLOSED_TLS if tls else _CLOSED_PLAINTEXT
    for pattern, sentence in _CAUSES:
        if match := re.search(pattern, first):
            return sentence.format(**match.groupdict())
    return first.rpartition(": ")[2]
