"""Where a client begins the day."""
