"""`/clinic`: who works here, by which figures and words, how long things stay, who looked at what."""
