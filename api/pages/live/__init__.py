"""`/live`: coaching before the camera. Pictures stay in the page; what it sends is numbers (docs/live-protocol.md)."""
