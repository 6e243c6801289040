"""Obstacles to measuring: findings on picture, framing and view, and which of them end the analysis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.capture.landmarks import ANKLES, EARS, HIPS, KNEES, NOSE, SHOULDERS
from hinge_check.capture.people import other_people
from hinge_check.capture.track import PoseTrack
from hinge_check.errors import ADVICE, Code, Finding, finding
from hinge_check.measure.quantiles import median_of, percentile_of
from hinge_check.measure.types import Rep, View

MIN_SEEN_SHARE = 0.5
"""With nobody in half of the frames a set cannot be followed (issue: 'person in under half of the frames')."""

NOT_UPRIGHT, MAX_NOT_UPRIGHT_SHARE = 0.5, 0.2
"""Trunk lengths by which the shoulders stay above the ankles in any standing exercise: 0.53 or more in every deep lift
and squat looked at; less in half of the frames of clips in which the tracker made up a figure from netting or from a
body without a head. With such a figure in a fifth of the frames there is no set to follow."""

FAR_SHARE = 0.45
"""Share of the picture's height: anybody who fills more of it is found without a search."""

NOTE_SEEN_SHARE = 0.9
"""Losing the person in one frame of ten is worth mentioning."""

MIN_HEIGHT_PX = 80.0
"""Below this the trunk spans some twenty pixels: one pixel of landmark error is three degrees of trunk."""

NOTE_HEIGHT_PX = 200.0
"""MediaPipe scales the person to 256 x 256 pixels; with fewer in the video it only interpolates."""

DARK_LUMA, NOTE_DARK_LUMA = 16.0, 30.0
"""8-bit video black is 16; evening rooms that still track well were seen at 40 and more."""

BLUR_SHARPNESS = 10.0
"""Variance of the Laplacian: a plain rendered room has 30 and more, a picture out of focus under 10."""

NOTE_YAW_DEG, REFUSE_YAW_DEG = 20.0, 50.0
"""Beyond 20 deg a 60 deg bend loses over 5 deg in projection; beyond 50 deg it is half gone (cosine of the yaw)."""

NOTE_ROLL_DEG = 8.0
"""Quiet standing leans 1-3 deg; more than this is the phone's tilt."""

NOTE_PAN, REFUSE_PAN = 0.03, 0.2
"""Background displacement in shares of the picture's long edge: 3 % is a bump, a fifth is a pan."""

NOTE_FEET = 0.35
"""Trunk lengths by which an ankle may shift within a rep: about 15 cm, half a foot's length."""

OUT_NOTE_SHARE, OUT_REFUSE_SHARE = 0.1, 0.5
"""Share of frames in which a body part may be cut off before it is mentioned, and before nothing can be measured."""

BORDER_SHARE = 0.01
"""Share of a border that the person must cover to count as touching it: anything less is single mask pixels."""

SLOW_REP_S = 12.0
"""Lifts take 4-6 s (von Arx 2021); twice that is more likely a slow-motion file than a slow person."""

FOLLOW_ADVICE = "Film with nothing between you and the phone, head and feet in the picture, and good light."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings in order of importance; `refusal` is the one that ends the analysis, if any."""

    findings: tuple[Finding, ...]
    refusal: Finding | None


def picture_verdict(track: PoseTrack) -> Verdict:
    """Judge the picture and the person's presence, before anything is measured."""
    findings: list[Finding] = [finding(Code(code), message) for code, message in track.info.findings]
    seen = float(track.seen.mean()) if len(track) else 0.0
    luma, sharp = median_of(track.luma), median_of(track.sharpness)
    if luma < (DARK_LUMA if seen >= MIN_SEEN_SHARE else NOTE_DARK_LUMA):
        return Verdict(tuple(findings), finding(Code.TOO_DARK, "The picture is too dark to see you."))
    far = _far_share(track) if seen < MIN_SEEN_SHARE else np.nan
    if np.isfinite(far):
        message = f"You fill only {100 * far:.0f} % of the picture's height."
        return Verdict(tuple(findings), finding(Code.PERSON_TOO_SMALL, message))
    if not track.seen.any():
        return Verdict(tuple(findings), finding(Code.NO_PERSON, "There is nobody to be seen in this video."))
    if _not_upright_share(track) > MAX_NOT_UPRIGHT_SHARE:
        message = "You cannot be followed through this video: something hides you or is taken for you."
        return Verdict(tuple(findings), finding(Code.PERSON_LOST, message, FOLLOW_ADVICE))
    if seen < MIN_SEEN_SHARE:
        message = f"You are in the picture for only {100 * seen:.0f} % of the video."
        return Verdict(tuple(findings), finding(Code.PERSON_LOST, message))
    if luma < NOTE_DARK_LUMA:
        findings.append(finding(Code.TOO_DARK, "The picture is rather dark."))
    if sharp < BLUR_SHARPNESS:
        findings.append(finding(Code.BLURRED, "The picture is blurred."))
    if seen < NOTE_SEEN_SHARE:
        message = f"You are out of sight for {100 * (1 - seen):.0f} % of the video."
        findings.append(finding(Code.PERSON_LOST, message))
    return Verdict(tuple(findings), None)


def _far_share(track: PoseTrack) -> float:
    """Return the share of the picture's height that a person far away fills in the scans; NaN when there is nobody."""
    lost = ~track.seen[np.searchsorted(track.time_s, track.scan_time_s).clip(0, len(track) - 1)]
    heights = np.ptp(np.asarray(track.scan_people[lost, :, :, 1], float), axis=-1) / 0.94 / track.info.frame_size[1]
    heights = heights[np.isfinite(heights)]
    # One scan among several is not enough: now and then an object is taken for a person.
    if not len(heights) or len(heights) < min(2, int(np.count_nonzero(lost))) or heights.max() > FAR_SHARE:
        return float("nan")
    return float(heights.max())


def _not_upright_share(track: PoseTrack) -> float:
    """Return the share of the frames with a person in which the figure found does not stand on its feet."""
    points = np.asarray(track.landmarks[track.seen, :, :2], float)
    shoulder, hip, ankle = (points[:, pair].mean(axis=1) for pair in (SHOULDERS, HIPS, ANKLES))
    trunk = percentile_of(np.hypot(*(shoulder - hip).T), 90)
    return float((ankle[:, 1] - shoulder[:, 1] < NOT_UPRIGHT * trunk).mean())


def view_verdict(track: PoseTrack, view: View) -> Verdict:
    """Judge the view of the person."""
    findings: list[Finding] = []
    yaw = abs(view.yaw_deg)
    if view.person_height_px < MIN_HEIGHT_PX:
        message = f"You are only {view.person_height_px:.0f} pixels tall in the picture."
        return Verdict((), finding(Code.PERSON_TOO_SMALL, message))
    if yaw > REFUSE_YAW_DEG:
        where = "front" if view.yaw_deg > 0 else "back"
        message = (
            f"The camera sees you from the {where}."
            if yaw > 70
            else f"The camera sees you {yaw:.0f}° off your side, towards the {where}."
        )
        return Verdict((), finding(Code.NOT_SIDE_VIEW, message))
    cut = _cut_off(track)
    if cut.refusal is not None:
        return cut
    findings += cut.findings
    pan = _camera_motion(track)
    if pan > REFUSE_PAN:
        message = f"The camera moved by {100 * pan:.0f} % of the picture."
        return Verdict(tuple(findings), finding(Code.CAMERA_MOVED, message))
    if pan > NOTE_PAN:
        findings.append(finding(Code.CAMERA_MOVED, "The camera moved a little."))
    if view.person_height_px < NOTE_HEIGHT_PX:
        message = f"You are rather small in the picture ({view.person_height_px:.0f} pixels tall)."
        findings.append(finding(Code.PERSON_TOO_SMALL, message))
    if yaw > NOTE_YAW_DEG:
        where = "front" if view.yaw_deg > 0 else "back"
        findings.append(
            finding(Code.NOT_SIDE_VIEW, f"The camera sees you about {yaw:.0f}° off your side, towards the {where}.")
        )
    if abs(view.roll_deg) > NOTE_ROLL_DEG:
        findings.append(finding(Code.CAMERA_TILTED, f"The picture looks tilted by about {abs(view.roll_deg):.0f}°."))
    company = np.isfinite(other_people(track)[..., 0, 0]).any(axis=1)
    if np.count_nonzero(company) >= 2 or (company.size and np.count_nonzero(company) > 0.3 * company.size):
        findings.append(
            finding(Code.SEVERAL_PEOPLE, "Somebody else is in the picture; the one who hinges is measured.")
        )
    return Verdict(tuple(findings), None)


def _cut_off(track: PoseTrack) -> Verdict:
    """Judge how much of head, trunk and feet lies outside the picture."""
    seen = track.seen
    width, height = track.info.frame_size
    points = track.landmarks[seen, :, :2]
    out: BoolArray = np.any((points < 0) | (points > np.array([width, height], points.dtype)), axis=2)

    def outside(indices: list[int]) -> float:
        return float(out[:, indices].all(axis=1).mean())

    border = track.border[seen] > BORDER_SHARE
    trunk = max(outside(SHOULDERS), outside(HIPS), outside(KNEES))
    feet, head = outside(ANKLES), outside([NOSE, *EARS])
    if trunk > OUT_REFUSE_SHARE / 2 or feet > OUT_REFUSE_SHARE or head > OUT_REFUSE_SHARE:
        part = "shoulders, hips or knees" if trunk > OUT_REFUSE_SHARE / 2 else "feet" if feet > head else "head"
        verb = "is" if part == "head" else "are"
        return Verdict((), finding(Code.OUT_OF_FRAME, f"Your {part} {verb} outside the picture."))
    parts = []
    if head > OUT_NOTE_SHARE or border[:, 1].mean() > OUT_NOTE_SHARE:
        parts.append("head")
    if feet > OUT_NOTE_SHARE or border[:, 3].mean() > OUT_NOTE_SHARE:
        parts.append("feet")
    if trunk > 0.02 or border[:, [0, 2]].any(axis=1).mean() > OUT_NOTE_SHARE:
        parts.append("sides")
    if not parts:
        return Verdict((), None)
    message = f"Your {' and '.join(parts)} touch{'es' if parts == ['head'] else ''} the edge of the picture."
    return Verdict((finding(Code.OUT_OF_FRAME, message),), None)


def _camera_motion(track: PoseTrack) -> float:
    """Return the largest displacement of the background over the clip, in long edges of the picture."""
    path = np.cumsum(np.nan_to_num(track.camera_shift), axis=0)
    return float((path.max(axis=0) - path.min(axis=0)).max() / max(track.info.frame_size))


def rep_findings(
    track: PoseTrack, ankle: FloatArray, trunk_length: float, reps: tuple[Rep, ...]
) -> tuple[Finding, ...]:
    """Return the findings that need the reps: feet that move, a tempo that slow motion would falsify."""
    findings = []
    # Where the camera moved, moving feet cannot be told from a moving floor.
    for rep in reps if _camera_motion(track) <= NOTE_PAN else ():
        path = ankle[rep.start : rep.end + 1]
        path = path[np.isfinite(path[:, 0])]
        if len(path) and np.ptp(path[:, 0]) > NOTE_FEET * trunk_length:
            findings.append(finding(Code.FEET_MOVED, "Your feet moved during a repetition."))
            break
    slow = [track.time_s[r.end] - track.time_s[r.start] for r in reps]
    if slow and track.info.speed == 1.0 and track.info.speed_source == "assumed" and np.median(slow) > SLOW_REP_S:
        message = f"One repetition lasts {np.median(slow):.0f} s; the video may be slow motion."
        findings.append(finding(Code.TEMPO_UNCERTAIN, message, ADVICE[Code.TEMPO_UNCERTAIN]))
    return tuple(findings)
