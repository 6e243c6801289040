"""Recordings and what belongs to them: results, export, retention, erasure, backup."""
