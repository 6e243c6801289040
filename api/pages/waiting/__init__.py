"""Pages of a recording without a result: on its way, refused, or failed."""
