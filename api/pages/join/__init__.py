"""Opening an invitation: a client begins, a clinician makes an account; also links that no longer work."""
