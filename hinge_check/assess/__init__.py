"""Assessment: protocols, faults, scores and cues; a measurement becomes a report."""
