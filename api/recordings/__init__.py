"""Recordings and what was made of them: results, export, retention, erasure."""
