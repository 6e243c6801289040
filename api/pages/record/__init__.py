"""Filming in the page or choosing a video, and sending it; without scripts a plain form does it."""
