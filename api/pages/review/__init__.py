"""A clinician looks at a recording: video, curves, findings; comments, corrections, limits, verdict, publishing."""
