"""The command line: the only place that knows environment, clock, stdout, exit codes."""
