"""Arriving videos: resumable uploads, probing, remuxing, ingest."""
