"""The progress page of a client: trends with their error, and the list of recordings."""
