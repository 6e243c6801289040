"""Accuracy claims and what they are measured on; never imported by the product."""
