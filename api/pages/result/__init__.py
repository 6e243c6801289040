"""A recording as its client sees it: the result, and the way to whatever stands in its place."""
