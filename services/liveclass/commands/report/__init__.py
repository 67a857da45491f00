"""`liveclass report`."""
