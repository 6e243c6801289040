"""Where a clinician begins: who needs them, the most pressing first."""
