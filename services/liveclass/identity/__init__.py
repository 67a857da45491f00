"""Who calls, and what they may do: tokens, permissions, and the check before every call."""

LOCAL_ISSUER = "liveclass-local"
"""Of the tokens that a machine's own key signs, unless it is told otherwise."""
