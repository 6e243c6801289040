"""`/account`: a clinician's name, password and where they are signed in."""
