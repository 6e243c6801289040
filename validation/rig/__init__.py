"""Renderer of people hinging with known joint angles: the truth that the product is measured against.

Needs an environment of its own (`requirements.txt` beside this file); the product never imports it.
"""
