"""The sound of a source video, carried over into the annotated one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from hinge_check.capture.container import open_container
from hinge_check.capture.probe import Trim, probe

# Sound that plays everywhere in an mp4 is copied as it is; anything else becomes AAC. Copied only from containers that
# keep the decoder's set-up apart from the packets, as mp4 does.
_COPIED = {"aac", "mp3"}
_COPIED_FROM = ("mov", "matroska")
_AAC_RATES = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000}
_BEYOND = math.inf


class SoundTrack:
    """Sound of `source` within `trim_s`, muxed into `target` piece by piece.

    It follows the clock of the picture: 0 is the first shown frame, or the start of the span.
    """

    def __init__(self, source: Path, target: OutputContainer, trim_s: Trim | None) -> None:
        self._target = target
        start, end = trim_s or (None, None)
        self._length_s = _BEYOND if end is None else end - (start or 0.0)
        self._resources = ExitStack()
        self._pieces: Iterator[tuple[float, list[Packet[AudioStream]]]] = iter(())
        self._next: tuple[float, list[Packet[AudioStream]]] | None = None
        begins_s = probe(source, max_duration_s=math.inf).start_s or 0.0
        container = self._resources.enter_context(open_container(source))
        stream = _audio_stream(container)
        if stream is None or stream.time_base is None:
            return
        origin_s = begins_s + (start or 0.0)
        if stream.codec_context.codec.canonical_name in _COPIED and container.format.name.startswith(_COPIED_FROM):
            self._pieces = self._copy(container, stream, stream.time_base, origin_s)
        else:
            self._pieces = self._encode(container, stream, origin_s)
        self._next = next(self._pieces, None)

    def pump(self, until_s: float = math.inf) -> None:
        """Mux the sound up to a time, so that picture and sound lie side by side in the file."""
        while self._next is not None and self._next[0] <= until_s:
            self._target.mux(self._next[1])
            self._next = next(self._pieces, None)

    def close(self) -> None:
        """Close the source."""
        self._next = None
        self._resources.close()

    def _copy(
        self, container: InputContainer, stream: AudioStream, tick: Fraction, origin_s: float
    ) -> Iterator[tuple[float, list[Packet[AudioStream]]]]:
        """Yield the packets of the span as they are, with their times."""
        out = self._target.add_stream_from_template(stream)
        yield 0.0, []  # the stream must be declared before the first picture is muxed
        shift = round(origin_s / tick)
        for packet in _packets(container, stream):
            if packet.pts is None or packet.dts is None:
                continue
            packet.pts -= shift
            packet.dts -= shift
            time = float(packet.pts * tick)
            if time >= self._length_s:
                return
            if time >= 0.0:
                packet.stream = out
                yield time, [packet]

    def _encode(
        self, container: InputContainer, stream: AudioStream, origin_s: float
    ) -> Iterator[tuple[float, list[Packet[AudioStream]]]]:
        """Yield the sound of the span as AAC packets, with their times."""
        rate = stream.codec_context.sample_rate
        rate = rate if rate in _AAC_RATES else 48000
        layout = "mono" if stream.codec_context.layout.nb_channels == 1 else "stereo"
        out = self._target.add_stream("aac", rate=rate, layout=layout)
        resampler = AudioResampler(format="fltp", layout=layout, rate=rate)
        yield 0.0, []
        for frame in _decode(container, stream):
            time = (frame.time or 0.0) - origin_s
            if time >= self._length_s:
                break
            if time < 0.0 or frame.pts is None or frame.time_base is None:
                continue
            frame.pts = round(time / frame.time_base)
            for part in resampler.resample(frame):
                yield time, out.encode(part)
        for part in resampler.resample(None):
            yield _BEYOND, out.encode(part)
        yield _BEYOND, out.encode(None)


def _audio_stream(container: InputContainer) -> AudioStream | None:
    """Return the best audio stream that can be decoded, if any."""
    decodable = [s for s in container.streams.audio if getattr(s, "codec_context", None) is not None]
    best = container.streams.best("audio")
    return next((s for s in decodable if best is not None and s.index == best.index), next(iter(decodable), None))


def _packets(container: InputContainer, stream: AudioStream) -> Iterator[Packet[AudioStream]]:
    """Yield packets up to the end or to where the file is broken: the picture matters more than the sound."""
    try:
        yield from container.demux(stream)
    except av.FFmpegError:
        return


def _decode(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    for packet in _packets(container, stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue
        yield from frames
