"""HTTP routes, one resource per module; `api.app` includes every module that defines a `router`."""
