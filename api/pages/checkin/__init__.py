"""The check-in after a set: pain, effort and load in a few taps."""
