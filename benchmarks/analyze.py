"""Cost of analysing beside inference, cost of re-assessing, and how quickly the command answers: `make bench`.

Everything is measured in one run and given as ratios, so that a busy machine blurs them less. The clip is a sample
video looped to the length asked for, at 720p.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import av
import numpy as np

from hinge_check.analysis import Analysis, analyze, reassess
from hinge_check.assess.protocol import load_protocol
from hinge_check.capture.capture_clip import LONG_EDGE
from hinge_check.capture.pose import MediaPipePose
from hinge_check.capture.pose_models import bundle
from hinge_check.capture.video import VideoReader
from hinge_check.options import CaptureOptions, silent
from hinge_check.results import write_results

SAMPLE = Path(__file__).parents[1] / "sample_videos" / "neutral_good.mp4"


def loop_clip(source: Path, out: Path, seconds: float, size: tuple[int, int] = (1280, 720)) -> None:
    """Write `source` played to and fro until `seconds` are full, at that width and height, 30 frames a second."""
    with VideoReader(source) as reader:
        pictures = [frame.rgb for frame in reader]
    order = pictures + pictures[::-1]
    with av.open(out, "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "veryfast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for i in range(round(30 * seconds)):
            frame = av.VideoFrame.from_ndarray(order[i % len(order)], format="rgb24")
            container.mux(stream.encode(frame.reformat(width=size[0], height=size[1])))
        container.mux(stream.encode())


def time_inference(clip: Path, model: Path) -> float:
    """Return the seconds MediaPipe takes for the clip's frames, decoded and scaled beforehand as the product does."""
    with VideoReader(clip, long_edge=LONG_EDGE) as reader:
        frames = list(reader)
    with closing(MediaPipePose(model)) as pose:
        began = time.perf_counter()
        for frame in frames:
            pose.estimate(round(1000 * frame.time_s), frame.rgb)
        return time.perf_counter() - began


def time_call(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="full")
    options = parser.parse_args()
    protocol = load_protocol("bodyweight_hinge")
    model = bundle(options.model)
    choice = CaptureOptions(model=options.model)
    rows: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        loop_clip(SAMPLE, clip, options.seconds)
        kept: list[Analysis] = []
        for number in range(options.rounds + 1):
            alone = time_inference(clip, model.path)
            plain = time_call(lambda: kept.append(analyze(clip, protocol, options=choice)))
            out = Path(folder) / f"out{number}"
            write = partial(write_results, kept[-1], clip, out, with_video=True, blur_face=False, overwrite=False)
            whole = plain + time_call(partial(write, progress=silent))
            if number:  # the first round warms up caches
                rows.append((alone, plain / alone, whole / alone))
        again = [time_call(lambda: reassess(kept[-1].track, protocol)) for _ in range(9)]
    print(
        f"clip: {options.seconds:.0f} s, 1280 x 720, 30 frames a second; bundle {options.model}; "
        f"{options.rounds} rounds, medians"
    )
    alone, plain, whole = (float(np.median([row[i] for row in rows])) for i in range(3))
    frames = 30 * options.seconds
    print(f"inference alone on decoded frames     {1000 * alone / frames:6.1f} ms a frame")
    print(f"analyze, no video    / inference      {plain:6.2f}        (at most 1.15)")
    print(f"analyze, everything  / inference      {whole:6.2f}        (at most 1.50)")
    minute = 1000 * statistics.median(again) * 60 / options.seconds
    print(f"re-assess a minute of track           {minute:6.1f} ms     (at most 50)")
    command = [sys.executable, "-m", "hinge_check.cli", "--help"]
    start = [time_call(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(5)]
    print(f"hinge-check --help                    {statistics.median(start):6.2f} s      (at most 0.5)")


if __name__ == "__main__":
    main()
