"""Pose track: one clip as arrays. Everything after it is a pure function of it."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.errors import Code, Refused

FORMAT = 1
"""Version of the .npz layout; raised when a field changes meaning."""

EDGE_S: FloatArray = np.linspace(-0.5, 1.3, 73)
"""(K,) positions of the rays along the mid-hip -> mid-shoulder axis, in trunk lengths (0 hip, 1 shoulder)."""


@dataclass(frozen=True, slots=True)
class TrackInfo:
    """Origin of a track; goes into the report's provenance unchanged.

    `speed` is playback speed over real speed (0.125 for 240 fps shown at 30):
    real seconds = media seconds * speed.
    """

    source_sha256: str
    source_size: tuple[int, int]
    """Width, height of the upright source picture, pixels."""
    frame_size: tuple[int, int]
    """Width, height of the analysed (down-scaled, upright) picture, pixels: landmarks are in these pixels."""
    duration_s: float
    """Media seconds from the first frame to the end of the last."""
    fps: float
    """Median decoded frames per media second."""
    model: str
    """Name of the model bundle: lite, full, heavy or custom."""
    model_sha256: str
    versions: dict[str, str]
    """Versions of hinge-check, mediapipe, av, numpy that made the track."""
    speed: float = 1.0
    speed_source: str = "assumed"
    """'assumed', 'option' or 'container'."""
    trim_s: tuple[float | None, float | None] | None = None
    findings: tuple[tuple[str, str], ...] = ()
    """(code, message) of the findings of capture, such as a truncated file."""


@dataclass(frozen=True, slots=True)
class PoseTrack:
    """One clip as arrays; T frames, pixels of the analysed picture (x right, y down), NaN where not seen.

    Parameters
    ----------
    time_s : (T,) float64
        Media time from PTS, seconds, strictly increasing; the first frame is at its own PTS minus the clip's start.
    landmarks : (T, 33, 3) float32
        MediaPipe image landmarks: x, y pixels, z in pixels of the same scale (depth from mid-hip, + away).
    world : (T, 33, 3) float32
        MediaPipe world landmarks, metres, origin mid-hip.
    visibility : (T, 33) float32
        0..1.
    edges : (T, 2, K) float32
        Distance in pixels from the axis point at `EDGE_S[k]` to the mask's edge (p = 0.5, sub-pixel), along
        the normal of the hip->shoulder axis. [:, 0] is the ray towards the picture's left when the person is
        upright (normal = axis rotated +90 deg counter-clockwise as seen on screen), [:, 1] the opposite one.
        NaN where the axis point lies outside the mask or the ray leaves the picture first.
    edge_blur : (T, 2, K) float32
        Distance in pixels between p = 0.75 and p = 0.25 along the same rays: how soft the edge is.
    border : (T, 4) float32
        Share of the picture's left, top, right, bottom border covered by the person mask.
    luma : (T,) float32
        Mean brightness 0..255 of the picture; NaN except on the frames sampled about five times a second.
    sharpness : (T,) float32
        Variance of the Laplacian of the luma at analysed size, on the same sampled frames.
    camera_shift : (T, 2) float32
        Displacement in pixels of the background since the sampled frame before; NaN elsewhere and where unknown.
    scan_time_s : (S,) float64
        Times of the sparse scans for several people.
    scan_people : (S, P, 33, 3) float32
        x, y pixels and visibility of everybody seen in a scan; NaN rows where fewer than P.
    info : TrackInfo
    """

    time_s: FloatArray
    landmarks: FloatArray
    world: FloatArray
    visibility: FloatArray
    edges: FloatArray
    edge_blur: FloatArray
    border: FloatArray
    luma: FloatArray
    sharpness: FloatArray
    camera_shift: FloatArray
    scan_time_s: FloatArray
    scan_people: FloatArray
    info: TrackInfo

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def seen(self) -> BoolArray:
        """(T,) True where a person was found."""
        return np.isfinite(self.landmarks[:, 0, 0])

    def save(self, path: Path) -> None:
        """Write as .npz under a temporary name, then rename."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "info"}
        meta = {f.name: getattr(self.info, f.name) for f in fields(TrackInfo)}
        meta["format"] = FORMAT
        tmp = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with tmp.open("wb") as out:
                np.savez_compressed(out, meta=np.array(json.dumps(meta, sort_keys=True)), **arrays)
            tmp.replace(path)
        finally:
            tmp.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> PoseTrack:
        """Read a track back, bit for bit.

        Raises
        ------
        Refused
            `unreadable` when the file is absent, not a track, or of a later format.
        """
        try:
            # Opened here, because NumPy leaves the file of a broken archive open.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
                meta = dict(json.loads(str(data["meta"])))
                # The format first: another one may lack some of the arrays.
                if meta.pop("format", None) == FORMAT:
                    arrays = {f.name: data[f.name] for f in fields(cls) if f.name != "info"}
                    return cls(**arrays, info=_info(meta))
        # TypeError: a file of a single array, or clip metadata with other fields.
        except (OSError, KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise Refused(
                Code.UNREADABLE, "This is not a track written by hinge-check.", "Run hinge-check analyze on the video."
            ) from error
        raise Refused(
            Code.UNREADABLE,
            "This track was written by another version of hinge-check.",
            "Run hinge-check analyze on the video again.",
        )


def _info(meta: dict[str, Any]) -> TrackInfo:
    """Restore what `save` wrote about the clip; JSON has lists where tuples went in."""
    meta["source_size"] = tuple(meta["source_size"])
    meta["frame_size"] = tuple(meta["frame_size"])
    meta["trim_s"] = tuple(meta["trim_s"]) if meta["trim_s"] else None
    meta["findings"] = tuple((c, m) for c, m in meta["findings"])
    return TrackInfo(**meta)
