"""What the edge serves besides the services: pages, and the description of the HTTP interface."""
