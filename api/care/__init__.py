"""Care of a clinic's clients, as functions over a database session."""
