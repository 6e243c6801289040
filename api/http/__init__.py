"""HTTP plumbing that routes share: dependencies, middleware, error handlers, ranges, pagination."""
