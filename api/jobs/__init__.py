"""Analyses to be done: enqueued, leased, retried, and how workers are woken."""
