"""Small videos made at test time: a white square that moves over a dark picture with a red mark in one corner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.video.frame import VideoFrame

Rgb = npt.NDArray[np.uint8]
SIZE = (96, 64)
TICK = Fraction(1, 90000)


def square_at(k: int, size: tuple[int, int] = SIZE) -> tuple[float, float]:
    """Return the centre (x, y) in pixels of the square in picture k; it moves right, and is never in the middle."""
    width, height = size
    return 0.25 * width + k * 0.04 * width % (0.6 * width), 0.7 * height


def picture(k: int, size: tuple[int, int] = SIZE) -> Rgb:
    """Return picture k: red mark in the top left corner, white square at `square_at(k)`."""
    width, height = size
    rgb = np.full((height, width, 3), 24, np.uint8)
    rgb[: height // 4, : width // 4] = (230, 20, 20)
    x, y = square_at(k, size)
    half = max(2, height // 10)
    rgb[int(y) - half : int(y) + half, int(x) - half : int(x) + half] = 255
    return rgb


def found_square(rgb: Rgb) -> tuple[float, float]:
    """Return the centre (x, y) in pixels of the white square."""
    y, x = np.nonzero(rgb.min(axis=2) > 140)
    return float(x.mean() + 0.5), float(y.mean() + 0.5)


def found_mark(rgb: Rgb) -> tuple[bool, bool]:
    """Return whether the red mark lies in the right half, and whether in the lower half."""
    y, x = np.nonzero((rgb[..., 0] > 140) & (rgb[..., 1] < 100))
    height, width = rgb.shape[:2]
    return bool(x.mean() > width / 2), bool(y.mean() > height / 2)


def write_clip(
    path: Path,
    *,
    times: Sequence[float] | None = None,
    n: int = 10,
    fps: float = 10.0,
    size: tuple[int, int] = SIZE,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    options: Mapping[str, str] | None = None,
    tick: Fraction = TICK,
    rotation: tuple[float, bool, bool] | None = None,
    pixel_aspect: Fraction | None = None,
    metadata: Mapping[str, str] | None = None,
    sound: str | None = None,
    container: str | None = None,
    container_options: Mapping[str, str] | None = None,
    draw: Callable[[int, tuple[int, int]], Rgb] = picture,
) -> Path:
    """Write a clip of n pictures.

    Parameters
    ----------
    path
        Its suffix names the container unless `container` does.
    times
        Seconds of every picture; None: n of them at `fps`.
    size
        Width, height as stored.
    rotation
        (degrees counter-clockwise, flip left-right, flip upside down) of the display matrix.
    sound
        Codec of a 440 Hz tone as long as the picture; None for silence.
    draw
        (k, size) -> picture.
    """
    times = [k / fps for k in range(n)] if times is None else times
    with av.open(str(path), "w", format=container, container_options=dict(container_options or {})) as out:
        out.metadata.update(metadata or {})
        stream: Any = out.add_stream(codec, rate=Fraction(fps).limit_denominator(1001), options=_quick(codec, options))
        context = stream.codec_context
        context.width, context.height = size
        context.pix_fmt = pix_fmt
        context.time_base = tick
        if pixel_aspect is not None:
            context.sample_aspect_ratio = pixel_aspect
        if rotation is not None:
            stream.set_display_rotation(rotation[0], hflip=rotation[1], vflip=rotation[2])
        tone = _Tone(out, sound, times[-1] + 1 / fps) if sound else None
        for k, time in enumerate(times):
            frame = VideoFrame.from_ndarray(draw(k, size), format="rgb24")
            frame.pts, frame.time_base = round(time / tick), tick
            frame.duration = round(1 / (fps * tick))
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if tone is not None:
            tone.write()
    return path


def write_tone(path: Path, *, seconds: float = 1.0, codec: str = "aac") -> Path:
    """Write a file of sound alone."""
    with av.open(str(path), "w") as out:
        _Tone(out, codec, seconds).write()
    return path


def write_nothing(path: Path) -> Path:
    """Write a well-formed mp4 whose picture stream holds no picture."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        out.start_encoding()
    return path


def faststart(path: Path, **clip: Any) -> Path:
    """Write a clip with its index in front, so that it still opens when its end is cut off."""
    return write_clip(path, container_options={"movflags": "+faststart"}, **clip)


def cut(path: Path, keep: float) -> Path:
    """Drop the end of a file, in place; `keep` is the share that stays."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    return path


def _quick(codec: str, options: Mapping[str, str] | None) -> dict[str, str]:
    presets = {
        "libx264": {"preset": "ultrafast", "crf": "12"},
        "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
        "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
        "libsvtav1": {"preset": "12"},
    }
    return {**presets.get(codec, {}), **(options or {})}


class _Tone:
    def __init__(self, out: OutputContainer, codec: str, seconds: float) -> None:
        self._out = out
        self._stream: Any = out.add_stream(codec, rate=48000, layout="mono")
        self._seconds = seconds

    def write(self) -> None:
        samples = np.sin(2 * np.pi * 440 * np.arange(int(48000 * self._seconds)) / 48000)
        frame = AudioFrame.from_ndarray((samples * 8000).astype(np.int16)[None], format="s16p", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
        resampler = av.AudioResampler(format=self._stream.codec_context.format, layout="mono", rate=48000)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            self._out.mux(self._stream.encode(part))
        self._out.mux(self._stream.encode(None))
