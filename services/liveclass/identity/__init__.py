"""Who calls, and what they may do: tokens, permissions, and the check before every call."""
