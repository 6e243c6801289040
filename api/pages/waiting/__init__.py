"""A recording before there is a result: on its way, not usable, or not analysed."""
