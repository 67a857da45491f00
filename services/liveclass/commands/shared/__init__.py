"""What several commands share. Commands import from here, and not from one another."""
