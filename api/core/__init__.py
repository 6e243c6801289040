"""Basics for every package: clock, logs, counters, problems, validated text types."""
