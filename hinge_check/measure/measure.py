"""Measurement of a track: view, standing, angles and repetitions; pure numpy, no judgement."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.capture.track import PoseTrack
from hinge_check.errors import Code, Finding, finding
from hinge_check.measure.angles import Segments, hinge_angles, segments, zero_of
from hinge_check.measure.back_profile import back_profile
from hinge_check.measure.body import Body
from hinge_check.measure.framing import picture_verdict, rep_findings, view_verdict
from hinge_check.measure.lumbar import estimate_lumbar
from hinge_check.measure.quantiles import percentile_of, percentiles_of
from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.reps import find_reps, phases
from hinge_check.measure.standing import standing_frames
from hinge_check.measure.types import HingeAngles, Measurement, Rep, View
from hinge_check.measure.view import view_of
from hinge_check.options import SideChoice

MIN_TRUNK_TURN_DEG = 8.0
"""A hinge turns the trunk; raising the thighs (walking, stepping) bends shoulder-hip-knee without turning it. Even an
upright squat turns the trunk by 15 deg."""

MAX_TRAVEL = 0.8
"""Trunk lengths by which the ankles may be displaced between start and end of a rep: more is a step, not a hinge."""


def measure(track: PoseTrack, rules: RepRules, *, side: SideChoice = "auto") -> Measurement:
    """Measure the angles and repetitions of a track.

    Parameters
    ----------
    track : PoseTrack
    rules : RepRules
        What counts as a repetition, from the protocol.
    side
        Near side, where the caller knows better than the vote.

    Returns
    -------
    Measurement
        `refusal` says why the clip cannot be judged; whatever could be measured is filled in all the same.
    """
    view = view_of(track, side)
    picture = picture_verdict(track)
    if picture.refusal is not None or view.near_side is None:
        return _empty_measurement(track, view, picture.findings, picture.refusal)
    framing = view_verdict(track, view)
    findings = picture.findings + framing.findings
    if framing.refusal is not None:  # a view that does not support an angle gets none
        return _empty_measurement(track, view, findings, framing.refusal)
    body = Body(track, view.near_side)
    parts = segments(body, view.near_side)
    real_s = track.time_s * track.info.speed
    standing = standing_frames(real_s, parts.bend, parts.trunk, parts.knee)
    profile = back_profile(track, view.near_side)
    bend = parts.bend - zero_of(parts.bend, standing, 0.0)
    lumbar = estimate_lumbar(profile, bend, standing, view)
    angles = hinge_angles(track, body, parts, standing, lumbar)
    length = _trunk_length(body)
    reps = _hinges(real_s, body, parts, rules, length)
    refusal = None if reps else finding(Code.NO_HINGE, "There is no hip hinge to be seen in this video.")
    if reps and not standing.any():
        findings += (finding(Code.NO_STANDING_REFERENCE, "You do not stand tall and still anywhere in this video."),)
    elif reps and not lumbar.abstains and not lumbar.referenced:
        message = "What you hold hides your hips while you stand, so your own standing back could not be seen."
        advice = "Film one set without the weight, or stand tall for a moment before you pick it up."
        findings += (finding(Code.NO_STANDING_REFERENCE, message, advice),)
    if reps and lumbar.abstains:
        findings += (finding(Code.LUMBAR_NOT_MEASURABLE, lumbar.abstains),)
    findings += rep_findings(track, body.near("ankle"), length, reps)
    return Measurement(
        view=view,
        angles=angles,
        reps=reps,
        phase=phases(len(track), reps, standing),
        standing=standing,
        back_px=profile.px,
        speed=track.info.speed,
        findings=findings,
        refusal=refusal,
    )


def _trunk_length(body: Body) -> float:
    """Return the hip-shoulder distance seen square on, pixels: the 90th percentile over the clip."""
    span = body.mid("shoulder") - body.mid("hip")
    return percentile_of(np.hypot(span[:, 0], span[:, 1]), 90)


def _hinges(real_s: FloatArray, body: Body, parts: Segments, rules: RepRules, length: float) -> tuple[Rep, ...]:
    """Return the reps of the bend signal in which the trunk turns and the feet stay in place."""
    # The middle of both legs: a near leg hidden by a plate, or legs swapped by the tracker, cancel out.
    hip, knee, shoulder = body.mid("hip"), body.mid("knee"), body.mid("shoulder")
    bend = _included_flexion(shoulder, hip, knee)
    wrist_drop = body.mid("wrist")[:, 1] - knee[:, 1]
    with np.errstate(invalid="ignore"):
        at_floor = wrist_drop > 0
    ankle = body.mid("ankle")
    hinges = []
    for rep in find_reps(real_s, bend, rules, at_floor=at_floor):
        around = parts.trunk[rep.start : rep.end + 1]
        turn = np.nanmax(around) - np.nanmin(around) if np.isfinite(around).any() else 0.0
        travel = np.abs(ankle[rep.end, 0] - ankle[rep.start, 0]) / length
        if turn >= MIN_TRUNK_TURN_DEG and not travel > MAX_TRAVEL:
            hinges.append(rep)
    return tuple(hinges)


def _included_flexion(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """Return 180 deg minus the angle at `b` between `a` and `c`; (T,) degrees, NaN where a point is missing.

    Signed, + towards the side to which the clip bends most: landmarks of a tall stand lie up to 10 deg beyond straight,
    and taking the absolute value would move the beginning of a rep to where the body passes straight.
    """
    u, v = a - b, c - b
    cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    turn = 180.0 - np.degrees(np.arctan2(cross, (u * v).sum(axis=1)))
    turn = np.where(turn > 180.0, turn - 360.0, turn)
    return np.asarray(-turn if sum(percentiles_of(turn, 2, 98)) < 0 else turn, float)


def _empty_measurement(
    track: PoseTrack, view: View, findings: tuple[Finding, ...], refusal: Finding | None
) -> Measurement:
    """Return a measurement without any values, with the reason."""
    empty = np.full(len(track), np.nan)
    refusal = refusal or finding(Code.NO_PERSON, "There is nobody to be seen in this video.")
    missing = {
        f.name: empty for f in fields(HingeAngles) if f.name not in ("time_s", "lumbar_quality", "lumbar_abstains")
    }
    angles = HingeAngles(time_s=track.time_s, lumbar_quality=0.0, lumbar_abstains=refusal.message, **missing)
    none = np.zeros(len(track), bool)
    return Measurement(
        view=view,
        angles=angles,
        reps=(),
        phase=phases(len(track), (), none),
        standing=none,
        back_px=np.full((len(track), 0, 2), np.nan),
        speed=track.info.speed,
        findings=findings,
        refusal=refusal,
    )
