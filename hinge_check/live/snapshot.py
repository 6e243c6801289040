"""A session as a small JSON document, so that a restarted server can continue it. Holds no picture and no name."""

from __future__ import annotations

import base64
from dataclasses import fields
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from hinge_check.arrays import FloatArray, Side
from hinge_check.assess.rep_values import RepValues
from hinge_check.capture.track import EDGE_S, TrackInfo
from hinge_check.errors import Code, Finding, Refused
from hinge_check.live.rep_log import COLUMNS, MOST_REPS, RepLog
from hinge_check.live.standing_reference import STORED_ROWS, StandingReference, reference_of
from hinge_check.live.updates import RepHighlight
from hinge_check.measure.types import View

FORMAT = 1

_SHAPES: dict[str, tuple[int, ...]] = {
    "landmarks": (1, 33, 3),
    "world": (1, 33, 3),
    "visibility": (1, 33),
    "edges": (1, 2, len(EDGE_S)),
    "border": (1, 4),
}
_HIGHLIGHT: TypeAdapter[RepHighlight] = TypeAdapter(RepHighlight)
_VIEW: TypeAdapter[View] = TypeAdapter(View)

Packed = Annotated[str, Field(max_length=400_000)]
"""Little-endian float32 in base64; NaN stays NaN."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StandSnapshot(_Model):
    """The standing reference."""

    rows: dict[Literal["landmarks", "world", "visibility", "edges", "border"], Packed]
    near: Side
    firm: bool


class FindingSnapshot(_Model):
    """One finding."""

    code: Code
    message: Annotated[str, Field(max_length=500)]
    advice: Annotated[str, Field(max_length=500)]


class Snapshot(_Model):
    """What a session is resumed from."""

    format: Literal[1] = 1
    protocol_sha256: str
    frame_size: tuple[Annotated[int, Field(gt=0, le=16384)], Annotated[int, Field(gt=0, le=16384)]]
    set: Annotated[int, Field(ge=1, le=1000)]
    said: Annotated[int, Field(ge=0)]
    deepest_deg: Annotated[float, Field(ge=0, le=270)]
    stand: StandSnapshot | None
    reps: dict[str, Packed]
    frame_s: Annotated[float, Field(gt=0, le=10)] = 1 / 30
    sets: Annotated[list[Annotated[int, Field(ge=1, le=1000)]], Field(max_length=MOST_REPS)]
    dropped: Annotated[int, Field(ge=0, le=1_000_000)]
    findings: Annotated[list[FindingSnapshot], Field(max_length=40)]
    view: dict[str, Any] | None
    best: dict[str, Any] | None
    worst: dict[str, Any] | None


def parse_snapshot(data: Any, protocol_sha256: str) -> Snapshot:
    """Read a snapshot of a session by that protocol.

    Raises
    ------
    Refused
        `unreadable` when it is not one.
    """
    try:
        snapshot = Snapshot.model_validate(data)
    except ValidationError as error:
        raise _unreadable() from error
    if snapshot.protocol_sha256 != protocol_sha256:
        raise _unreadable()
    return snapshot


def pack(values: FloatArray) -> str:
    """Encode an array as text."""
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def dump_stand(reference: StandingReference | None) -> StandSnapshot | None:
    """Encode the reference as text."""
    if reference is None:
        return None
    return StandSnapshot(
        rows={name: pack(reference.rows[name]) for name in STORED_ROWS}, near=reference.near, firm=reference.firm
    )


def load_stand(stand: StandSnapshot | None, info: TrackInfo) -> StandingReference | None:
    """Decode the reference from text.

    Raises
    ------
    Refused
        `unreadable`.
    """
    if stand is None:
        return None
    if set(stand.rows) != set(STORED_ROWS):
        raise _unreadable()
    rows: dict[str, FloatArray] = {name: _unpack(text, _SHAPES[name]) for name, text in stand.rows.items()}
    if not (np.isfinite(rows["landmarks"]).all() and np.isfinite(rows["world"]).all()):
        raise _unreadable()
    return reference_of(rows, info, near=stand.near, firm=stand.firm)


def dump_rep_log(rep_log: RepLog) -> dict[str, Any]:
    """Return the fields of a snapshot that come from the log."""
    rows = rep_log.rows
    return {
        "reps": {} if rows is None else {name: pack(getattr(rows, name)) for name in COLUMNS},
        "frame_s": rows.frame_s if rows is not None and rows.frame_s > 0 else 1 / 30,
        "sets": rep_log.sets or [],
        "dropped": rep_log.dropped,
        "findings": [
            FindingSnapshot(code=finding.code, message=finding.message, advice=finding.advice)
            for finding in rep_log.findings
        ],
        "view": None if rep_log.view is None else _VIEW.dump_python(rep_log.view),
        "best": None if rep_log.best is None else _HIGHLIGHT.dump_python(rep_log.best),
        "worst": None if rep_log.worst is None else _HIGHLIGHT.dump_python(rep_log.worst),
    }


def load_rep_log(snapshot: Snapshot, rep_log: RepLog) -> None:
    """Fill an empty log from a snapshot.

    Raises
    ------
    Refused
        `unreadable`.
    """
    n = len(snapshot.sets)
    if n:
        if set(snapshot.reps) != set(COLUMNS) or snapshot.sets != sorted(snapshot.sets):
            raise _unreadable()
        columns: dict[str, Any] = {}
        for f in fields(RepValues):
            if f.name in snapshot.reps:
                values = _unpack(snapshot.reps[f.name], (n, 3, 2) if f.name == "rhythm" else (n,))
                columns[f.name] = values > 0.5 if f.name == "complete" else values.astype(float)
        rep_log.rows, rep_log.sets = RepValues(**columns, frame_s=snapshot.frame_s), list(snapshot.sets)
    rep_log.dropped = snapshot.dropped
    rep_log.findings = tuple(Finding(finding.code, finding.message, finding.advice) for finding in snapshot.findings)
    try:
        rep_log.view = None if snapshot.view is None else _VIEW.validate_python(snapshot.view)
        rep_log.best = None if snapshot.best is None else _HIGHLIGHT.validate_python(snapshot.best)
        rep_log.worst = None if snapshot.worst is None else _HIGHLIGHT.validate_python(snapshot.worst)
    except ValidationError as error:
        raise _unreadable() from error


def _unpack(text: str, shape: tuple[int, ...]) -> FloatArray:
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), "<f4").reshape(shape).astype(np.float32)
    except ValueError as error:  # binascii.Error is one
        raise _unreadable() from error


def _unreadable() -> Refused:
    return Refused(Code.UNREADABLE, "The session could not be taken up again.", "Begin a new one.")
