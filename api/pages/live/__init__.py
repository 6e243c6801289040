"""`/live`: coaching in front of the camera. Pictures stay in the page, which sends numbers (docs/live-protocol.md)."""
