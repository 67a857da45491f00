"""Generated from proto/liveclass/v1; never edited."""
