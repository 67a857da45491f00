"""What the detection service and training both do with the pixels of faces."""
