"""One resource a file. A module with a `router` is found by itself (`api.app`)."""
