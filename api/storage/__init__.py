"""The blob store, its keys, and scratch folders."""
