"""The questions before the first session, and their outcome."""
