"""What is measured, how well, and for whom it is not meant; open to everyone."""
