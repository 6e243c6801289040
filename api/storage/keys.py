"""Keys of the blob store: the only module that knows its folders."""

from __future__ import annotations

from api.db import new_id

INCOMING = "incoming"
"""Folder of bytes that are not a recording yet, metadata still in them; emptied by the sweeper."""
PLAYABLE = "playable.mp4"
"""Name of the copy that every browser plays, among the files of an analysis."""


def incoming_key() -> str:
    """Return a new key for arriving bytes."""
    return f"{INCOMING}/{new_id()}"


def recording_folder(recording_id: str) -> str:
    """Return the folder of a recording's own files."""
    return f"recordings/{recording_id}"


def analysis_folder(analysis_id: str) -> str:
    """Return the folder of everything that any attempt at an analysis wrote."""
    return f"analyses/{analysis_id}"
