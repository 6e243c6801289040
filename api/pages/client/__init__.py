"""A clinician's clients: the list of them, and everything about one."""
