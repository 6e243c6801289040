"""Blobs and scratch folders, and the keys under which things lie."""
