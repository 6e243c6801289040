"""Videos on their way in: resumable uploads, probing, remuxing, ingest."""
