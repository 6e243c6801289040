"""The start page of a clinician: clients who need them, the most pressing first."""
