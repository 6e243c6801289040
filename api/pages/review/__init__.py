"""A clinician looks at a recording: video, curves, what was found; comments, corrections, limits, verdict, publishing."""
