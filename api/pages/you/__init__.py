"""A client's agreements, settings and data export."""
