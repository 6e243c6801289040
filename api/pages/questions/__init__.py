"""The questions before the first session, and where the answers lead."""
