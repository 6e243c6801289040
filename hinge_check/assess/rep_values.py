"""Values of each repetition: windowed medians of the angles, times, rhythm; no judgement."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.assess.windows import bottom_window, medians, top_window
from hinge_check.measure.types import HingeAngles, Measurement, Rep

TRUNK_SE = 4.0
"""Error of trunk inclination from landmarks, degrees: the accuracy that the project requires of it."""
KNEE_SE = 6.4
"""Spread of a side view's knee angle against IMU, degrees (Cosoli 2026)."""
SHANK_SE = 5.0
"""Error of shank inclination, degrees: design, as of the other single segments."""
NECK_SE = 8.0
"""Error of the neck angle, degrees: design; ear and nose are the least steady landmarks."""
BEND_SE = 6.0
"""Spread of a single camera's hip angle, degrees (Lindera, JMIR mHealth 2020)."""
LUMBAR_SE = 7.0
"""Error of lumbar flexion where the measurement states none, degrees (IMU against optical, Sensors 2024)."""
SHIFT_SE = 0.06
"""Error of the hips' travel, trunk lengths: design, 3 cm on a 50 cm trunk."""

TURN_S = 0.15
"""Half width of the window about the turn, real seconds."""
EARLY = 0.5
"""Share of the trunk's descent that counts as early for the fault. Half, not a third: in a third the bend is about as
large as the error of measuring it. The report gives thirds."""
LEAST_BEND_DEG = 15.0
"""Bend, degrees, below which a share of it is noise."""
LEAST_KNEE_DEG = 25.0
"""Knee bend, degrees, below which the order of knees and trunk on the way up means nothing."""


@dataclass(frozen=True, slots=True)
class RepValues:
    """Values of R repetitions, (R,) float arrays unless said otherwise; NaN where not measurable.

    Angles in degrees, medians over the bottom; `_change` is from standing. Durations are real seconds, times
    media seconds.
    """

    start_s: FloatArray
    bottom_s: FloatArray
    early_s: FloatArray
    top_s: FloatArray
    end_s: FloatArray
    hip: FloatArray
    hip_se: FloatArray
    lumbar: FloatArray
    lumbar_se: FloatArray
    bend: FloatArray
    trunk: FloatArray
    trunk_change: FloatArray
    pelvic_tilt: FloatArray
    knee: FloatArray
    knee_change: FloatArray
    shank: FloatArray
    shank_change: FloatArray
    neck: FloatArray
    hips_back: FloatArray
    hips_down: FloatArray
    descent_s: FloatArray
    hold_s: FloatArray
    ascent_s: FloatArray
    top_trunk: FloatArray
    """Trunk inclination left at the tallest moment after the repetition."""
    top_lumbar: FloatArray
    early_hip: FloatArray
    early_lumbar: FloatArray
    """Lumbar flexion gained over the first `EARLY` of the trunk's way down."""
    early_se: FloatArray
    rise_share: FloatArray
    """Share of the trunk's rise done when the knees are half straight."""
    turn: FloatArray
    """Mean angular acceleration of the trunk about the turn, degrees per second squared."""
    bounces: FloatArray
    complete: BoolArray
    rhythm: FloatArray
    """(R, 3, 2) hip and lumbar flexion gained in the early, mid and late third of the trunk's way down."""
    frame_s: float
    """Real seconds between frames."""

    def __len__(self) -> int:
        return len(self.start_s)

    @property
    def turned(self) -> BoolArray:
        """(R,) repetitions whose bottom is in the clip: all, even cut ones, since each repetition has a bottom."""
        return np.ones(len(self), dtype=bool)

    @property
    def used(self) -> BoolArray:
        """(R,) repetitions that represent the set: the complete ones, or all where the clip cuts every one."""
        return self.complete if self.complete.any() else ~self.complete

    @property
    def hip_share(self) -> FloatArray:
        """Hip flexion over hip and lumbar flexion at the bottom."""
        return _share(self.hip, self.lumbar)

    @property
    def early_share(self) -> FloatArray:
        """Lumbar share of the bend over the first `EARLY` of the trunk's way down."""
        return _share(self.early_lumbar, self.early_hip)


_ANGLES = (
    "hip_flexion",
    "hip_se",
    "lumbar_flexion",
    "lumbar_se",
    "bend",
    "trunk_inclination",
    "pelvic_tilt",
    "knee_flexion",
    "shank_inclination",
    "neck_flexion",
    "hips_back",
    "hips_down",
)
"""Fields of `HingeAngles` of which medians are taken."""
_COLUMNS = tuple(f.name for f in fields(RepValues) if f.name not in ("complete", "rhythm", "frame_s"))


def rep_values(m: Measurement) -> RepValues:
    """Summarise every repetition of a measurement.

    Parameters
    ----------
    m
        Hip flexion stays NaN where the lumbar spine could not be measured: the shoulder-hip-knee angle is never given
        under its name.
    """
    real_s = m.angles.time_s * m.speed
    stack = np.stack([np.asarray(getattr(m.angles, name), dtype=float) for name in _ANGLES])
    nothing = np.full(len(_ANGLES), np.nan)
    zero = dict(zip(_ANGLES, medians(stack[:, m.standing]) if m.standing.any() else nothing, strict=True))
    rows: list[dict[str, float]] = []
    rhythm = np.full((len(m.reps), 3, 2), np.nan)
    for i, rep in enumerate(m.reps):
        bottom = dict(zip(_ANGLES, medians(stack[:, bottom_window(rep, real_s)]), strict=True))
        early, rhythm[i] = _rhythm(rep, m.angles, bottom)
        window = top_window(m.reps, i, m.angles.trunk_inclination, real_s)
        top = dict(zip(_ANGLES, medians(stack[:, window]), strict=True))
        rows.append(
            {
                "start_s": m.angles.time_s[rep.start],
                "bottom_s": m.angles.time_s[rep.bottom],
                "end_s": m.angles.time_s[rep.end],
                "top_s": m.angles.time_s[(window.start + window.stop - 1) // 2],
                "rise_share": _rise_share(rep, m.angles, bottom),
                "turn": _turn(rep, m.angles.trunk_inclination, real_s),
                "bounces": float(rep.bounces),
                **_angles_of(bottom, top, zero),
                **_durations(rep, real_s),
                **early,
            }
        )
    table = np.array([[row[name] for name in _COLUMNS] for row in rows], dtype=float).reshape(-1, len(_COLUMNS))
    return RepValues(
        **dict(zip(_COLUMNS, table.T.copy(), strict=True)),
        complete=np.array([not rep.partial for rep in m.reps], dtype=bool),
        rhythm=rhythm,
        frame_s=float(np.median(np.diff(real_s))) if len(real_s) > 1 else float("nan"),
    )


def _angles_of(bottom: dict[str, float], top: dict[str, float], zero: dict[str, float]) -> dict[str, float]:
    """Return the angles of a repetition from the medians at its bottom, at its top and in standing."""
    # without a standing reference the rep's own top is the next best zero for knee and shank, not for the trunk
    knee_zero, shank_zero = (
        zero[name] if np.isfinite(zero[name]) else top[name] for name in ("knee_flexion", "shank_inclination")
    )
    return {
        "hip": bottom["hip_flexion"],
        "hip_se": bottom["hip_se"],
        "lumbar": bottom["lumbar_flexion"],
        "lumbar_se": bottom["lumbar_se"],
        "bend": bottom["bend"],
        "trunk": bottom["trunk_inclination"],
        "trunk_change": bottom["trunk_inclination"] - zero["trunk_inclination"],
        "pelvic_tilt": bottom["pelvic_tilt"],
        "knee": bottom["knee_flexion"],
        "knee_change": bottom["knee_flexion"] - knee_zero,
        "shank": bottom["shank_inclination"],
        "shank_change": bottom["shank_inclination"] - shank_zero,
        "neck": bottom["neck_flexion"],
        "hips_back": bottom["hips_back"],
        "hips_down": bottom["hips_down"],
        "top_trunk": top["trunk_inclination"] - zero["trunk_inclination"],
        "top_lumbar": top["lumbar_flexion"],
    }


def _durations(rep: Rep, real_s: FloatArray) -> dict[str, float]:
    """Return the phases' durations, real seconds; NaN if cut by the clip or begun at rest on the floor."""
    descent = real_s[rep.bottom_start] - real_s[rep.start]
    hold = real_s[rep.bottom_end] - real_s[rep.bottom_start]
    ascent = real_s[rep.end] - real_s[rep.bottom_end]
    if rep.from_floor:
        descent = hold = np.nan
    if rep.partial and rep.start == 0:
        descent = np.nan
    if rep.partial and rep.end == len(real_s) - 1:
        ascent = np.nan
    return {"descent_s": descent, "hold_s": hold, "ascent_s": ascent}


def _rhythm(rep: Rep, a: HingeAngles, at: dict[str, float]) -> tuple[dict[str, float], FloatArray]:
    """Return hip and lumbar flexion gained over the trunk's descent: in the early part, and in thirds (3, 2).

    A lift from the floor has no descent; its ascent is read backwards.
    """
    frames = np.arange(rep.start, rep.bottom_start + 1)
    if rep.from_floor:
        frames = np.arange(rep.bottom_end, rep.end + 1)[::-1]
    trunk, hip, lumbar = a.trunk_inclination[frames], a.hip_flexion[frames], a.lumbar_flexion[frames]
    ok = np.isfinite(trunk) & np.isfinite(hip) & np.isfinite(lumbar)
    nothing = {"early_s": float(a.time_s[rep.bottom]), "early_hip": np.nan, "early_lumbar": np.nan, "early_se": np.nan}
    if ok.sum() < 4 or not at["trunk_inclination"] - trunk[ok][0] > 0:
        return nothing, np.full((3, 2), np.nan)
    frames, hip, lumbar = frames[ok], hip[ok], lumbar[ok]
    way = np.maximum.accumulate(trunk[ok])  # the trunk may waver on its way; its furthest point so far counts
    levels = way[0] + (at["trunk_inclination"] - way[0]) * np.array([0, EARLY, 1 / 3, 2 / 3])
    hips, lumbars = np.interp(levels, way, hip), np.interp(levels, way, lumbar)
    early_frame = int(frames[min(int(np.searchsorted(way, levels[1])), len(frames) - 1)])
    early = {
        "early_s": float(a.time_s[early_frame]),
        "early_hip": float(hips[1] - hips[0]),
        "early_lumbar": float(lumbars[1] - lumbars[0]),
        "early_se": float(a.lumbar_se[early_frame]),
    }
    stops = np.array(
        [
            [hips[0], lumbars[0]],
            [hips[2], lumbars[2]],
            [hips[3], lumbars[3]],
            [at["hip_flexion"], at["lumbar_flexion"]],
        ]
    )
    return early, np.diff(stops, axis=0)


def _rise_share(rep: Rep, a: HingeAngles, at: dict[str, float]) -> float:
    """Return the share of the trunk's rise done when the knees are half straight; NaN for little knee bend."""
    knee, trunk = a.knee_flexion[rep.bottom_end : rep.end + 1], a.trunk_inclination[rep.bottom_end : rep.end + 1]
    ok = np.isfinite(knee) & np.isfinite(trunk)
    if ok.sum() < 4:
        return float("nan")
    knee, trunk = knee[ok], trunk[ok]
    straightens, rises = at["knee_flexion"] - knee[-1], at["trunk_inclination"] - trunk[-1]
    if not (straightens >= LEAST_KNEE_DEG and rises >= LEAST_KNEE_DEG):
        return float("nan")
    half = int(np.argmax(knee <= at["knee_flexion"] - straightens / 2))
    around = trunk[max(0, half - 1) : half + 2]
    return float((at["trunk_inclination"] - np.median(around)) / rises)


def _turn(rep: Rep, trunk: FloatArray, real_s: FloatArray) -> float:
    """Return the second difference of trunk inclination about the turn; 0 after a pause, NaN from the floor."""
    if rep.from_floor:
        return float("nan")
    if real_s[rep.bottom_end] - real_s[rep.bottom_start] > 2 * TURN_S:
        return 0.0
    middle = (real_s[rep.bottom_start] + real_s[rep.bottom_end]) / 2
    if middle - TURN_S < real_s[0] or middle + TURN_S > real_s[-1]:
        return float("nan")
    before, here, after = np.interp(middle + np.array([-TURN_S, 0.0, TURN_S]), real_s, trunk)
    return float((2 * here - before - after) / TURN_S**2)


def _share(part: FloatArray, rest: FloatArray) -> FloatArray:
    whole = part + rest
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole >= LEAST_BEND_DEG))
