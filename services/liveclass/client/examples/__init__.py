"""Small programs that show how the SDK is used. Run them with `python -m liveclass.client.examples.<name>`."""
