"""The start page of a client."""
