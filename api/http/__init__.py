"""What routes share: dependencies, middleware, errors, ranges, pages of a list."""
