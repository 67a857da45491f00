"""The session service: keeps observations, and shows a class over time."""
