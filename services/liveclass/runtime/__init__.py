"""What every service shares: settings, the server, health, interceptors, errors, metrics and logs."""
