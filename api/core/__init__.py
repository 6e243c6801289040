"""What every package may use: clock, logs, counters, problems, validated text types."""
