"""Capture of a pose track from a video file: decoding, inference and edge extraction, each in a thread of its own."""

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
"""Long edge of the picture given to inference, pixels. MediaPipe scales the person to 256 x 256, so more only costs
time; docs/measurement.md has accuracy and cost by size."""

MAX_RATE_HZ = 30.0
"""Frames per real second given to inference; those in between are skipped. A hinge has no content above 6 Hz."""

SEARCH_BELOW, SEARCHES = 0.5, 3
"""Where a person is seen in less than half of the frames, this many moments without anybody are searched for a person
far away; each takes about as long as 15 frames."""

MAX_BOX_SHARE = 0.6
"""Share of the picture's width: where one person takes up more, nobody stands beside them (or they walk through it)."""

MAX_WAITING = 8
"""Most frames that wait for edge extraction while inference goes on: bounds memory."""


@single_threaded()
def capture(video: Path, *, options: CaptureOptions, progress: Progress) -> PoseTrack:
    """Capture the pose track of a video file.

    Where the tracked person does not hinge but another one does, the clip is processed once more with only that other
    person left in the picture; where nobody is known to hinge, with the tracked person painted over. Where nobody is
    seen for most of the clip, a few moments are searched for a person far away, who is then given in `scan_people`.

    Raises
    ------
    Refused
        The file cannot be read as a video, or is out of bounds; see `capture.video`.
    InstallationError
        `model_missing`.
    """
    model = bundle(options.model)
    track = _process(video, model, options, progress, None)
    if track.seen.mean() < SEARCH_BELOW:
        return _search_far_people(video, model, track)
    box = find_other_hinger(track)
    if box is not None:
        again = _process(video, model, options, progress, box)
    elif bend_range(track.landmarks) < HINGE_RANGE_DEG and _leaves_room(own_box := box_of(track), track):
        # This person does not hinge; another, whom the scans did not tell apart from them, may do so beside them.
        again = _process(video, model, options, progress, own_box, inside=True)
        if again.seen.mean() < SEARCH_BELOW or bend_range(again.landmarks) < HINGE_RANGE_DEG:
            return track
    else:
        return track
    # Only the first pass knows who else was there: the second sees nobody but the one who hinges.
    return replace(again, scan_time_s=track.scan_time_s, scan_people=track.scan_people)


def _leaves_room(box: Box, track: PoseTrack) -> bool:
    """Return whether another person could stand beside the one in the box."""
    return box[2] - box[0] < MAX_BOX_SHARE * track.info.frame_size[0]


def _process(
    video: Path,
    model: BundleFile,
    options: CaptureOptions,
    progress: Progress,
    box: Box | None,
    *,
    inside: bool = False,
) -> PoseTrack:
    """Process the clip once, with the picture blanked outside `box`, or `inside` it."""
    reader = VideoReader(video, long_edge=LONG_EDGE, trim_s=options.trim_s, max_duration_s=options.max_duration_s)
    speed, source = _speed(options, reader.info)
    with reader, closing(MediaPipePose(model.path)) as estimator, closing(PeopleScan(model.path)) as scan:
        builder = TrackBuilder(scan)
        frames = _limit_rate(_report_progress(reader, reader.info.duration_s, progress), speed)
        follow(_blank(frames, box, inside=inside), estimator, builder, speed)
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


def _search_far_people(video: Path, model: BundleFile, track: PoseTrack) -> PoseTrack:
    """Add people far away to the track, at a few moments when nobody else was seen."""
    empty = np.flatnonzero(~np.isfinite(track.scan_people[..., 0, 0]).any(axis=1))
    if len(empty) > SEARCHES:
        empty = empty[np.linspace(0, len(empty) - 1, SEARCHES).round().astype(int)]
    people = track.scan_people.copy()
    with closing(PeopleScan(model.path)) as scan:
        for s in empty:
            # slightly early, so as not to miss the last frame
            span = (max(0.0, float(track.scan_time_s[s]) - 0.01), None)
            with VideoReader(video, long_edge=LONG_EDGE, trim_s=span, max_duration_s=math.inf) as reader:
                distant = person_in_parts(scan.look, next(iter(reader)).rgb)
            if distant is not None:
                people[s, 0] = distant
    return replace(track, scan_people=people)


def follow(frames: Iterable[Frame], estimator: PoseEstimator, builder: TrackBuilder, speed: float = 1.0) -> None:
    """Estimate every frame in this thread while the edges of earlier frames are read in another.

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
            if len(waiting) >= MAX_WAITING:
                waiting.popleft().result()
        while waiting:
            waiting.popleft().result()


def _limit_rate(frames: Iterator[Frame], speed: float) -> Iterator[Frame]:
    """Drop frames beyond `MAX_RATE_HZ` per real second."""
    period = 1.0 / MAX_RATE_HZ
    due = -np.inf
    for frame in frames:
        real_s = frame.time_s * speed
        # A tenth of a period of grace: clips at 30 or 29.97 frames a second keep every frame despite rounded stamps.
        if real_s >= due - 0.1 * period:
            due = real_s + period if real_s > due + period else max(due, real_s - 0.1 * period) + period
            yield frame


def _report_progress(reader: VideoReader, total_s: float, progress: Progress) -> Iterator[Frame]:
    """Yield the frames and report progress after each."""
    for done, frame in enumerate(reader, start=1):
        yield frame
        progress("analyse", frame.time_s, total_s, done)


def _blank(frames: Iterator[Frame], box: Box | None, *, inside: bool = False) -> Iterator[Frame]:
    """Paint everything outside the box, or everything inside it, mid-grey."""
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
    """Return playback speed over real speed, and its source."""
    if options.speed is not None:
        return options.speed, "option"
    if info.playback_speed is not None:
        return info.playback_speed, "container"
    return 1.0, "assumed"
