"""The page of a prescription: the step of the ladder, the dose, the person's own limits."""
