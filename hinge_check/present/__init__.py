"""Presentation of an analysis: annotated video, charts, tables and chapters."""
