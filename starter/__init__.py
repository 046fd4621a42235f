"""The ways in: command line, embedded server, rehearsal."""
