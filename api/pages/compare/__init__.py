"""Two recordings of one person side by side, synchronised by the phase of the repetition."""
