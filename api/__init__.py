"""The service: an upload becomes an analysis. Imports `hinge_check`; never the reverse."""
