"""How a client comes along: trends with their error, and the list of recordings."""
