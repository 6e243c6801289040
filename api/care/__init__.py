"""The care of a clinic's clients, as functions over a session of the database."""
