"""Benchmarks: run as modules by `make bench`."""
