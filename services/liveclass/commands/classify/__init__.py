"""`liveclass classify`."""
