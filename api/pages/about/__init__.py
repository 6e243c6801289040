"""What is measured, how well, and for whom it is not; open to everybody."""
