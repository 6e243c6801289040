"""An invitation opened: a client begins, a clinician makes an account; and links that no longer work."""
