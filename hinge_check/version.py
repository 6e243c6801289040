"""The version of library, command line and service."""

from __future__ import annotations

__version__ = "0.1.0"
