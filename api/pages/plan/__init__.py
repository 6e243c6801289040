"""What is prescribed to a client: the step of the ladder, the dose, the limits that are this person's own."""
