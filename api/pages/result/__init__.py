"""The result of a recording as its client sees it, or the page shown while there is none."""
