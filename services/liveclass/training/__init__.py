"""From FER2013 to a published model version. The services never import this package."""
