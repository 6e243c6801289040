"""Peak memory of analysing a ten-minute clip against a ten-second one, both 1080p: `python -m benchmarks.memory`.

The clip is a sample video looped; each run is a process of its own, and its peak resident set is what the kernel says.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.analyze import SAMPLE, loop_clip


def peak_mb(clip: Path, out: Path, *, video: bool) -> float:
    """Return the peak resident megabytes of `hinge-check analyze`."""
    command = [sys.executable, "-m", "hinge_check.cli", "analyze", str(clip), "--out", str(out)]
    with subprocess.Popen(
        command + ([] if video else ["--no-video"]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"analyze ended with {process.returncode}")
    return usage.ru_maxrss / 1024


def main() -> None:
    """Print both peaks and their difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, nargs=2, default=(10.0, 595.0))
    parser.add_argument("--video", action="store_true", help="draw the annotated video too")
    options = parser.parse_args()
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for seconds in options.seconds:
            clip = Path(folder) / f"clip{seconds:.0f}.mp4"
            loop_clip(SAMPLE, clip, seconds, size=(1920, 1080))
            peaks.append(peak_mb(clip, Path(folder) / "out", video=options.video))
            print(f"{seconds:5.0f} s of 1080p: peak {peaks[-1]:.0f} MB")
    print(f"difference {peaks[1] - peaks[0]:.0f} MB (at most 150)")


if __name__ == "__main__":
    main()
