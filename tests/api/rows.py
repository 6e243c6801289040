"""Rows of a recording and its analysis as they are once it is done, with columns overridden by name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.db import Analysis, AnalysisState, Client, Recording, RecordingState, new_id


def recording_columns(client: Client, now: datetime, **own: Any) -> dict[str, Any]:
    """Return the columns of a recording without any file."""
    usual = {
        "id": new_id(),
        "clinic_id": client.clinic_id,
        "client_id": client.id,
        "sha256": new_id() * 2,
        "bytes": 1,
        "media_type": "video/mp4",
        "state": RecordingState.DONE,
        "protocol": "bodyweight_hinge",
        "side": "auto",
        "created_at": now,
        "updated_at": now,
    }
    return usual | own


def recording_row(client: Client, now: datetime, **own: Any) -> Recording:
    """Return a recording without any file."""
    return Recording(**recording_columns(client, now, **own))


def analysis_row(recording: Recording, **own: Any) -> Analysis:
    """Return its analysis, without a report."""
    usual = {
        "id": new_id(),
        "clinic_id": recording.clinic_id,
        "recording_id": recording.id,
        "key": new_id() * 2,
        "protocol_name": recording.protocol,
        "protocol_sha256": "0" * 64,
        "protocol_text": "",
        "model_sha256": "1" * 64,
        "version": "0",
        "options": {"side": "auto"},
        "state": AnalysisState.DONE,
        "progress": 1.0,
        "attempts": 1,
        "crashes": 0,
        "created_at": recording.created_at,
        "queued_at": recording.created_at,
        "finished_at": recording.created_at,
    }
    return Analysis(**usual | own)
