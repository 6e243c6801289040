"""What every room may use: clock, logs, counters, problems, checked text."""
