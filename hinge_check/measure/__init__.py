"""Measures of a pose track: view, standing, angles, back profile, lumbar flexion and repetitions; no judgement."""
