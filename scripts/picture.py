"""The README's picture: two sample clips at the bottom of a repetition, as the annotated video shows them.

.venv/bin/python scripts/picture.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from PIL import Image

from hinge_check.analysis import analyze
from hinge_check.assess.protocol import load_protocol
from hinge_check.capture.video import VideoReader
from hinge_check.present.annotate import annotate

ROOT = Path(__file__).parents[1]
CLIPS = ("neutral_good", "rounded")
WIDTH = 620
"""Pixels each; two fit a page."""


def bottom_frame(clip: Path) -> Image.Image:
    """Return the annotated frame at the bottom of the first repetition."""
    analysis = analyze(clip, load_protocol("bodyweight_hinge"))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "annotated.mp4"
        annotate(clip, analysis, out)
        with VideoReader(out) as reader:
            wanted = analysis.report.reps[0].bottom_s
            frame = min(reader, key=lambda f: abs(f.time_s - wanted))
    picture = Image.fromarray(frame.rgb)
    return picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)


def main() -> None:
    """Write docs/images/result.png."""
    pictures = [bottom_frame(ROOT / "sample_videos" / f"{name}.mp4") for name in CLIPS]
    page = Image.new("RGB", (sum(p.width for p in pictures) + 8, pictures[0].height), "white")
    left = 0
    for picture in pictures:
        page.paste(picture, (left, 0))
        left += picture.width + 8
    out = ROOT / "docs" / "images" / "result.png"
    out.parent.mkdir(parents=True, exist_ok=True)
    page.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(out, optimize=True)
    print(out.relative_to(ROOT))


if __name__ == "__main__":
    main()
