"""`/design`: every colour, size, part, drawing and icon on one page, for those who build pages."""
