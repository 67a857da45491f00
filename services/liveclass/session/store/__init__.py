"""Where sessions and observations are kept: a port, and its adapter on SQL databases."""
