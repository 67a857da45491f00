"""The commands that train, measure and publish models."""
