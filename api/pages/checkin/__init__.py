"""How a set went: pain, effort and load in a few taps."""
