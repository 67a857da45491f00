"""The dashboards, one file each, and the panels that they are made of."""
