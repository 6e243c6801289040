"""What a client agreed to, settings, taking data along."""
