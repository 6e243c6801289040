"""Where things lie in the store: the one place that knows its folders."""

from __future__ import annotations

from api.db import new_id

INCOMING = "incoming"
"""Where bytes lie until they are a recording, metadata and all; emptied by the sweep."""
PLAYABLE = "playable.mp4"
"""The copy that every browser plays, among the files of an analysis."""


def incoming_key() -> str:
    """Make a fresh key for bytes that arrive."""
    return f"{INCOMING}/{new_id()}"


def recording_folder(recording_id: str) -> str:
    """Folder of a recording's own files."""
    return f"recordings/{recording_id}"


def analysis_folder(analysis_id: str) -> str:
    """Folder of everything any attempt at an analysis wrote."""
    return f"analyses/{analysis_id}"
