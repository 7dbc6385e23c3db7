"""The command line: one file a subcommand, which only parses and prints; the work is in :mod:`dross.tasks`."""
