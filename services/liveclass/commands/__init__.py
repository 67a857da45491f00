"""The command line, one file per command. What is heavy is imported when a command runs, so that --help is quick."""
