"""The review page: video, curves, findings; comments, corrections, limits, verdict, publishing."""
