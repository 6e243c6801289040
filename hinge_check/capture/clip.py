"""capture(video) -> PoseTrack: decode, inference and edge extraction, each in a thread of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hinge_check.capture.people import Box, other_who_hinges
from hinge_check.capture.pose import MediaPipePose, PeopleScan, PoseEstimator
from hinge_check.capture.pose_models import BundleFile, bundle
from hinge_check.capture.track import PoseTrack, TrackInfo
from hinge_check.capture.track_builder import TrackBuilder
from hinge_check.capture.video import Frame, VideoInfo, VideoReader, sha256_of

if TYPE_CHECKING:
    from hinge_check.analysis import CaptureOptions, Progress

LONG_EDGE = 960
"""Pixels: long edge of the picture given to inference. MediaPipe looks at the person on 256 x 256, so more only
costs; docs/measurement.md has the accuracy and cost by size."""

MAX_RATE_HZ = 30.0
"""Frames per real second given to inference; those in between are skipped. A hinge has nothing above 6 Hz."""

BEHIND = 8
"""Frames whose edges may wait to be read while inference goes on: bounds memory."""


def capture(video: Path, *, options: CaptureOptions, progress: Progress) -> PoseTrack:
    """The pose track of a video file.

    Where several people are in the picture and the tracked one does not hinge but another does, the clip is
    gone through once more with only that other person left in the picture.

    Raises
    ------
    Refused
        The file cannot be read as a video, or is out of bounds; see `capture.video`.
    InstallationError
        `model_missing`.
    """
    model = bundle(options.model)
    track = _pass(video, model, options, progress, None)
    box = other_who_hinges(track)
    if box is None:
        return track
    # Who else was there is known from the first pass only: the second sees nobody but the one who hinges.
    only = _pass(video, model, options, progress, box)
    return replace(only, scan_time_s=track.scan_time_s, scan_people=track.scan_people)


def _pass(video: Path, model: BundleFile, options: CaptureOptions, progress: Progress, box: Box | None) -> PoseTrack:
    """Once through the clip; outside `box` the picture is blanked."""
    reader = VideoReader(video, long_edge=LONG_EDGE, trim_s=options.trim_s, max_duration_s=options.max_duration_s)
    speed, source = _speed(options, reader.info)
    with reader, closing(MediaPipePose(model.path)) as estimator, closing(PeopleScan(model.path)) as scan:
        builder = TrackBuilder(scan)
        frames = _kept(_reported(reader, reader.info.duration_s, progress), speed)
        follow(_blanked(frames, box), estimator, builder, speed)
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


def _blanked(frames: Iterator[Frame], box: Box | None) -> Iterator[Frame]:
    """Frames in which everything outside the box is mid-grey."""
    for frame in frames:
        if box is None:
            yield frame
            continue
        height, width = frame.rgb.shape[:2]
        left, top = max(0, int(box[0])), max(0, int(box[1]))
        right, bottom = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
        only = np.full_like(frame.rgb, 128)
        only[top:bottom, left:right] = frame.rgb[top:bottom, left:right]
        yield Frame(frame.time_s, only)


def _speed(options: CaptureOptions, info: VideoInfo) -> tuple[float, str]:
    """Playback over real speed, and who says so."""
    if options.speed is not None:
        return options.speed, "option"
    if info.playback_speed is not None:
        return info.playback_speed, "container"
    return 1.0, "assumed"
