"""Two recordings of one person side by side, in step by the phase of the repetition."""
