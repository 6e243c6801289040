"""The service: uploads become analyses. It imports `hinge_check`, never the reverse."""
