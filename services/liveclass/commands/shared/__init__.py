"""Helpers shared by several commands. Commands import these, and never one another."""
