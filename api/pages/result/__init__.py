"""The result of a recording as its client sees it, and the way to the page that stands in its place."""
