"""Messages by code, in every language: those of the library, of the service and of the bundled content."""
