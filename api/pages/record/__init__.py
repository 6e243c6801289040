"""Filming in the page or choosing a video, and sending it; a plain form does it without scripts."""
