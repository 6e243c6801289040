"""capture(video) -> PoseTrack: decode, inference and edge extraction, each in a thread of its own."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hinge_check.capture.distant_person import person_in_parts
from hinge_check.capture.opencv_threads import single_threaded
from hinge_check.capture.people import HINGE_RANGE_DEG, Box, bend_range, box_of, find_other_hinger
from hinge_check.capture.pose import MediaPipePose, PeopleScan, PoseEstimator
from hinge_check.capture.pose_models import BundleFile, bundle
from hinge_check.capture.track import PoseTrack, TrackInfo
from hinge_check.capture.track_builder import TrackBuilder
from hinge_check.capture.video import Frame, VideoInfo, VideoReader, sha256_of

if TYPE_CHECKING:
    from hinge_check.options import CaptureOptions, Progress

LONG_EDGE = 960
"""Pixels: long edge of the picture given to inference. MediaPipe looks at the person on 256 x 256, so more only
costs; docs/measurement.md has the accuracy and cost by size."""

MAX_RATE_HZ = 30.0
"""Frames per real second given to inference; those in between are skipped. A hinge has nothing above 6 Hz."""

SEARCH_BELOW, SEARCHES = 0.5, 3
"""Where somebody is seen in less than half of the frames, so many moments without anybody are searched for someone far
away: each takes about as long as 15 frames."""

MAX_BOX_SHARE = 0.6
"""Of the picture's width: where one person takes up more, nobody is beside them (or they walk through the picture)."""

BEHIND = 8
"""Frames whose edges may wait to be read while inference goes on: bounds memory."""


@single_threaded()
def capture(video: Path, *, options: CaptureOptions, progress: Progress) -> PoseTrack:
    """The pose track of a video file.

    Where several people are in the picture and the tracked one does not hinge but another does, the clip is
    gone through once more with only that other person left in the picture; where nobody is known to hinge, with the
    tracked one painted over. Where nobody is seen for most of it, a few moments are searched for somebody far away,
    who then stands in `scan_people`.

    Raises
    ------
    Refused
        The file cannot be read as a video, or is out of bounds; see `capture.video`.
    InstallationError
        `model_missing`.
    """
    model = bundle(options.model)
    track = _pass(video, model, options, progress, None)
    if track.seen.mean() < SEARCH_BELOW:
        return _searched(video, model, track)
    box = find_other_hinger(track)
    if box is not None:
        again = _pass(video, model, options, progress, box)
    elif bend_range(track.landmarks) < HINGE_RANGE_DEG and _leaves_room(own := box_of(track), track):
        # Nothing would come of this person; somebody the scans did not tell apart may hinge beside them.
        again = _pass(video, model, options, progress, own, inside=True)
        if again.seen.mean() < SEARCH_BELOW or bend_range(again.landmarks) < HINGE_RANGE_DEG:
            return track
    else:
        return track
    # Who else was there is known from the first pass only: the second sees nobody but the one who hinges.
    return replace(again, scan_time_s=track.scan_time_s, scan_people=track.scan_people)


def _leaves_room(box: Box, track: PoseTrack) -> bool:
    """Whether somebody else could stand beside whoever is in the box."""
    return box[2] - box[0] < MAX_BOX_SHARE * track.info.frame_size[0]


def _pass(
    video: Path,
    model: BundleFile,
    options: CaptureOptions,
    progress: Progress,
    box: Box | None,
    *,
    inside: bool = False,
) -> PoseTrack:
    """Once through the clip; outside `box`, or inside it, the picture is blanked."""
    reader = VideoReader(video, long_edge=LONG_EDGE, trim_s=options.trim_s, max_duration_s=options.max_duration_s)
    speed, source = _speed(options, reader.info)
    with reader, closing(MediaPipePose(model.path)) as estimator, closing(PeopleScan(model.path)) as scan:
        builder = TrackBuilder(scan)
        frames = _kept(_reported(reader, reader.info.duration_s, progress), speed)
        follow(_blanked(frames, box, inside=inside), estimator, builder, speed)
        info = TrackInfo(
            source_sha256=sha256_of(video),
            source_size=(reader.info.width, reader.info.height),
            frame_size=reader.frame_size,
            duration_s=reader.info.duration_s,
            fps=reader.info.fps,
            model=model.name,
            model_sha256=model.sha256,
            versions={name: version(name) for name in ("hinge-check", "mediapipe", "av", "numpy")},
            speed=speed,
            speed_source=source,
            trim_s=options.trim_s,
            findings=tuple((code.value, message) for code, message in reader.findings),
        )
    return builder.track(info)


def _searched(video: Path, model: BundleFile, track: PoseTrack) -> PoseTrack:
    """The track with whoever is far away in it, at a few moments when nobody else was seen."""
    empty = np.flatnonzero(~np.isfinite(track.scan_people[..., 0, 0]).any(axis=1))
    if len(empty) > SEARCHES:
        empty = empty[np.linspace(0, len(empty) - 1, SEARCHES).round().astype(int)]
    people = track.scan_people.copy()
    with closing(PeopleScan(model.path)) as scan:
        for s in empty:
            span = (max(0.0, float(track.scan_time_s[s]) - 0.01), None)  # a hair early: not to miss the last frame
            with VideoReader(video, long_edge=LONG_EDGE, trim_s=span, max_duration_s=math.inf) as reader:
                found = person_in_parts(scan.look, next(iter(reader)).rgb)
            if found is not None:
                people[s, 0] = found
    return replace(track, scan_people=people)


def follow(frames: Iterable[Frame], estimator: PoseEstimator, builder: TrackBuilder, speed: float = 1.0) -> None:
    """Estimate every frame in this thread while the edges of the frames before are read in another.

    Parameters
    ----------
    frames : timed pictures, times rising
    estimator : frame -> pose
    builder : takes frames and poses in order
    speed : playback speed over real speed; the estimator smooths over real time
    """
    # One worker keeps the order; MediaPipe and OpenCV release the interpreter lock, so the two overlap.
    with ThreadPoolExecutor(1, thread_name_prefix="edges") as pool:
        waiting: deque[Future[None]] = deque()
        for frame in frames:
            pose = estimator.estimate(round(1000 * frame.time_s * speed), frame.rgb)
            waiting.append(pool.submit(builder.add, frame.time_s, frame.rgb, pose))
            if len(waiting) >= BEHIND:
                waiting.popleft().result()
        while waiting:
            waiting.popleft().result()


def _kept(frames: Iterator[Frame], speed: float) -> Iterator[Frame]:
    """At most `MAX_RATE_HZ` frames per real second."""
    period = 1.0 / MAX_RATE_HZ
    due = -np.inf
    for frame in frames:
        real_s = frame.time_s * speed
        # A tenth of a period of grace: clips at 30 or 29.97 a second keep every frame despite rounded stamps.
        if real_s >= due - 0.1 * period:
            due = real_s + period if real_s > due + period else max(due, real_s - 0.1 * period) + period
            yield frame


def _reported(reader: VideoReader, total_s: float, progress: Progress) -> Iterator[Frame]:
    for done, frame in enumerate(reader, start=1):
        yield frame
        progress("analyse", frame.time_s, total_s, done)


def _blanked(frames: Iterator[Frame], box: Box | None, *, inside: bool = False) -> Iterator[Frame]:
    """Frames in which everything outside the box, or all inside it, is mid-grey."""
    for frame in frames:
        if box is None:
            yield frame
            continue
        height, width = frame.rgb.shape[:2]
        left, top = max(0, int(box[0])), max(0, int(box[1]))
        right, bottom = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
        rest = frame.rgb.copy() if inside else np.full_like(frame.rgb, 128)
        rest[top:bottom, left:right] = 128 if inside else frame.rgb[top:bottom, left:right]
        yield Frame(frame.time_s, rest)


def _speed(options: CaptureOptions, info: VideoInfo) -> tuple[float, str]:
    """Playback over real speed, and who says so."""
    if options.speed is not None:
        return options.speed, "option"
    if info.playback_speed is not None:
        return info.playback_speed, "container"
    return 1.0, "assumed"
