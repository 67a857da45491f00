"""The detection service: frames in, faces with emotions out."""
