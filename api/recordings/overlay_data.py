"""Data drawn over a video as it plays: body, back edge and angles of every frame, in a compact form."""

from __future__ import annotations

import gzip
import json
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from api.core.problems import Problem, ServiceCode, not_found
from api.db import Analysis
from api.storage.blob_store import BlobMissing, BlobStore
from hinge_check.arrays import FloatArray, Side
from hinge_check.assess.protocol import protocol_from_text
from hinge_check.capture.landmarks import (
    L_ANKLE,
    L_EAR,
    L_ELBOW,
    L_HEEL,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_TOE,
    L_WRIST,
    R_ANKLE,
    R_EAR,
    R_ELBOW,
    R_HEEL,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_TOE,
    R_WRIST,
)
from hinge_check.capture.track import PoseTrack
from hinge_check.errors import Refused
from hinge_check.measure.measure import measure
from hinge_check.measure.types import Measurement, Phase
from hinge_check.present.timeline import SEEN
from hinge_check.results import TRACK

FORMAT: Final = 1
"""Increased when the columns change: what is stored in an earlier format is made again."""
BLOB: Final = f"overlay-{FORMAT}.json.gz"
BODY: Final[dict[Side, tuple[int, ...]]] = {
    "left": (L_EAR, L_SHOULDER, L_HIP, L_KNEE, L_ANKLE, L_HEEL, L_TOE, L_ELBOW, L_WRIST),
    "right": (R_EAR, R_SHOULDER, R_HIP, R_KNEE, R_ANKLE, R_HEEL, R_TOE, R_ELBOW, R_WRIST),
}
"""MediaPipe's landmarks of one side, in the order of `NAMES`."""
NAMES: Final = ("ear", "shoulder", "hip", "knee", "ankle", "heel", "toe", "elbow", "wrist")
LETTERS: Final = {Phase.STAND: "s", Phase.DESCENT: "d", Phase.BOTTOM: "b", Phase.ASCENT: "a", Phase.NONE: "-"}
PICTURED: Final = ("body", "back")
"""Columns that show the person; all others are numbers."""
SHARE_DIGITS: Final = 4
"""Digits of a share of the picture's width: a tenth of a pixel on a phone."""


def overlay(track: PoseTrack, measured: Measurement) -> dict[str, Any]:
    """Return columns over the analysed frames; null where not seen.

    `time_s` media seconds (0.001), angles and their standard errors in degrees (0.1), `phase` one letter a frame,
    `body` and `back` one flat list a frame: x, y, x, y … in shares of the picture (0, 0 is top left).
    """
    angles = measured.angles
    side = measured.view.near_side or "left"
    size = np.asarray(track.info.frame_size, float)
    chain = BODY[side]
    body = np.asarray(track.landmarks[:, chain, :2], float) / size
    body[~(track.visibility[:, chain] >= SEEN)] = np.nan
    return {
        "format": FORMAT,
        "width": track.info.source_size[0],
        "height": track.info.source_size[1],
        "fps": round(track.info.fps, 3),
        "speed": track.info.speed,
        "near_side": measured.view.near_side,
        "facing": measured.view.facing,
        "time_s": _column(track.time_s, 3),
        "phase": "".join(LETTERS[Phase(str(each))] for each in measured.phase),
        "hip_deg": _column(angles.hip_flexion, 1),
        "hip_se_deg": _column(angles.hip_se, 1),
        "lumbar_deg": _column(angles.lumbar_flexion, 1),
        "lumbar_se_deg": _column(angles.lumbar_se, 1),
        "knee_deg": _column(angles.knee_flexion, 1),
        "trunk_deg": _column(angles.trunk_inclination, 1),
        "names": list(NAMES),
        "body": _points(body),
        "back": _points(measured.back_px / size),
    }


def overlay_of(store: BlobStore, row: Analysis, base: Analysis) -> dict[str, Any]:
    """Return the columns of an analysis; they are stored beside it at the first request.

    Parameters
    ----------
    row
        The current analysis, its protocol's text included.
    base
        The analysis of the video: its track is read.

    Raises
    ------
    Problem
        `not_found` where there is no track, or no longer.
    """
    if row.blob_prefix is None or base.blob_prefix is None:
        raise not_found()
    key = f"{row.blob_prefix}/{BLOB}"
    try:
        stored: dict[str, Any] = json.loads(gzip.decompress(store.read(key)))
    except BlobMissing:
        track = read_track(store, base.blob_prefix)
        side = row.options.get("side", "auto")
        computed = overlay(track, measure(track, protocol_from_text(row.protocol_text).reps, side=side))
        store.put_bytes(key, gzip.compress(json.dumps(computed, separators=(",", ":")).encode(), mtime=0))
        return computed
    return stored


def read_track(store: BlobStore, prefix: str) -> PoseTrack:
    """Read the track of an analysis.

    Raises
    ------
    Problem
        `not_found` where there is none; `not_ready` where another version of the service wrote it.
    """
    try:
        with store.local_path(f"{prefix}/{TRACK}") as path:
            return PoseTrack.load(path)
    except BlobMissing:
        raise not_found() from None
    except Refused as refused:
        raise Problem(
            ServiceCode.NOT_READY, refused.finding.message, advice="Have the recording analysed again."
        ) from None


def _column(values: FloatArray, digits: int) -> list[float | None]:
    # Adding 0.0 turns -0.0 into 0.0.
    rounded = np.round(np.asarray(values, float), digits) + 0.0
    column: list[float | None] = _none_for_nan(rounded).tolist()
    return column


def _points(points: FloatArray) -> list[list[float | None] | None]:
    flat = np.round(points.reshape(len(points), -1), SHARE_DIGITS) + 0.0
    known = np.isfinite(flat)
    rows = _none_for_nan(flat).tolist()
    return [row if any_known else None for row, any_known in zip(rows, known.any(axis=1), strict=True)]


def _none_for_nan(values: FloatArray) -> npt.NDArray[np.object_]:
    """Return the values with None in place of NaN."""
    out = values.astype(object)
    out[~np.isfinite(values)] = None
    return out
