"""Cost of live coaching: `python -m benchmarks.live`.

push    `LiveCoach.push` with a ten-minute session behind it, and memory over an hour of frames at 30 a second
window  the whole path with a clip played at real time: analysed frames a second, and from a frame's arrival until its
        overlay is drawn (no display is needed: everything but the last copy to the screen)
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.analyze import SAMPLE, loop_clip
from hinge_check.arrays import FloatArray, Side
from hinge_check.assess.protocol import load_protocol
from hinge_check.capture.capture_clip import capture
from hinge_check.capture.pose import MediaPipePose, PeopleScan, Pose
from hinge_check.capture.pose_models import bundle
from hinge_check.capture.track import PoseTrack
from hinge_check.capture.video import Frame
from hinge_check.capture.webcam import LatestFrames, file_frames
from hinge_check.desktop.display import FrameRenderer
from hinge_check.desktop.loop import FrameTally, run
from hinge_check.live import CoachUpdate, LiveCoach, frame_of
from hinge_check.options import CaptureOptions, silent


def resident_mb() -> float:
    """Return the peak resident megabytes so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def time_pushes(track: PoseTrack, minutes: float, *, fps: float = 30.0) -> list[tuple[float, float, float]]:
    """Push a looped track; return each push's wall-clock and processor seconds, and the peak of memory now and then."""
    coach = LiveCoach(load_protocol(), frame_size=track.info.frame_size)
    frames = [frame_of(track, k) for k in range(len(track))]
    out = []
    for k in range(round(60 * minutes * fps)):
        frame = replace(frames[k % len(frames)], time_s=k / fps)
        began, worked = time.perf_counter(), time.process_time()
        coach.push(frame)
        spent = time.perf_counter() - began, time.process_time() - worked
        out.append((*spent, resident_mb() if k % 1800 == 0 else float("nan")))
    print(f"repetitions counted in {minutes:.0f} minutes: {coach.finish().total}")
    return out


def print_pushes(cost: list[tuple[float, float, float]], last: int) -> None:
    """Print the cost of the last pushes; where others use the machine the processor's time says more."""
    for column, name in enumerate(("clock", "processor")):
        took = 1000 * np.array([row[column] for row in cost[-last:]])
        print(
            f"push, last {last} of {len(cost)}, {name}: mean {took.mean():.2f}, median {np.median(took):.2f}, "
            f"p95 {np.percentile(took, 95):.2f}, p99 {np.percentile(took, 99):.2f} ms (p95 at most 5)"
        )


class Canvas:
    """A display that draws and shows nothing."""

    def __init__(self) -> None:
        self._drawn = FrameRenderer(None, None)

    def show(
        self, frame: Frame, answer: CoachUpdate, pose: Pose | None, back: FloatArray | None, near: Side | None
    ) -> str:
        """Draw."""
        self._drawn.picture(frame, answer, pose, back, near)
        return ""

    def end(self, answer: CoachUpdate) -> None:
        """Print what was counted."""
        print(f"window: {answer.total} repetitions")


def run_window(clip: Path, model: Path) -> FrameTally:
    """Run the whole path over a clip at real time."""
    tally = FrameTally()

    def coach(size: tuple[int, int]) -> LiveCoach:
        return LiveCoach(load_protocol(), frame_size=size)

    with closing(MediaPipePose(model)) as estimator, closing(PeopleScan(model)) as scan:
        run(LatestFrames(file_frames(clip)), estimator, coach, Canvas(), scan=scan, tally=tally)
    return tally


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("push", "window", "all"), nargs="?", default="all")
    parser.add_argument("--minutes", type=float, default=60.0, help="of the memory test")
    parser.add_argument("--seconds", type=float, default=30.0, help="of the window's clip")
    parser.add_argument("--model", default="full")
    options = parser.parse_args()
    model = bundle(options.model)
    if options.what in ("push", "all"):
        track = capture(SAMPLE, options=CaptureOptions(model=options.model), progress=silent)
        ten = time_pushes(track, 10.0)
        print_pushes(ten, 3600)
        hour = time_pushes(track, options.minutes)
        print_pushes(hour, 3600)
        peaks = [peak for _, _, peak in hour if np.isfinite(peak)]
        early = peaks[min(5, len(peaks) - 1)]
        print(f"memory: {early:.1f} MB after 5 minutes, {peaks[-1]:.1f} MB after {options.minutes:.0f}")
    if options.what in ("window", "all"):
        with tempfile.TemporaryDirectory() as folder:
            clip = Path(folder) / "clip.mp4"
            loop_clip(SAMPLE, clip, options.seconds)
            tally = run_window(clip, model.path)
        delays = 1000 * np.array(tally.delays_s)
        print(
            f"window: {tally.rate_hz:.1f} analysed frames a second (at least 15); frame to overlay median "
            f"{np.median(delays):.0f}, p95 {np.percentile(delays, 95):.0f} ms (p95 at most 120)"
        )


if __name__ == "__main__":
    main()
