"""Capture: from a video file or a camera to a pose track."""
