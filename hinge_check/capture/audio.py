"""The sound of a source video, carried into the annotated one."""

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

# Sound that an mp4 plays everywhere is copied as it is; anything else becomes AAC. Only from containers that
# keep the decoder's set-up apart from the packets, as mp4 does.
_COPIED = {"aac", "mp3"}
_COPIED_FROM = ("mov", "matroska")
_AAC_RATES = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000}
_BEYOND = math.inf


class SoundTrack:
    """Sound of `source` between the ends of `trim_s`, muxed into `target` piece by piece.

    Its clock is the picture's: 0 is the first shown frame, or the span's start.
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
        stream = _audible(container)
        if stream is None or stream.time_base is None:
            return
        origin_s = begins_s + (start or 0.0)
        if stream.codec_context.codec.canonical_name in _COPIED and container.format.name.startswith(_COPIED_FROM):
            self._pieces = self._copied(container, stream, stream.time_base, origin_s)
        else:
            self._pieces = self._encoded(container, stream, origin_s)
        self._next = next(self._pieces, None)

    def pump(self, until_s: float = math.inf) -> None:
        """Mux what sounds up to a time, so that picture and sound lie side by side in the file."""
        while self._next is not None and self._next[0] <= until_s:
            self._target.mux(self._next[1])
            self._next = next(self._pieces, None)

    def close(self) -> None:
        """Close the source."""
        self._next = None
        self._resources.close()

    def _copied(
        self, container: InputContainer, stream: AudioStream, tick: Fraction, origin_s: float
    ) -> Iterator[tuple[float, list[Packet[AudioStream]]]]:
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

    def _encoded(
        self, container: InputContainer, stream: AudioStream, origin_s: float
    ) -> Iterator[tuple[float, list[Packet[AudioStream]]]]:
        rate = stream.codec_context.sample_rate
        rate = rate if rate in _AAC_RATES else 48000
        layout = "mono" if stream.codec_context.layout.nb_channels == 1 else "stereo"
        out = self._target.add_stream("aac", rate=rate, layout=layout)
        resampler = AudioResampler(format="fltp", layout=layout, rate=rate)
        yield 0.0, []
        for frame in _decoded(container, stream):
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


def _audible(container: InputContainer) -> AudioStream | None:
    decodable = [s for s in container.streams.audio if getattr(s, "codec_context", None) is not None]
    best = container.streams.best("audio")
    return next((s for s in decodable if best is not None and s.index == best.index), next(iter(decodable), None))


def _packets(container: InputContainer, stream: AudioStream) -> Iterator[Packet[AudioStream]]:
    """Packets up to the end or to where the file stops making sense: the picture matters more than the sound."""
    try:
        yield from container.demux(stream)
    except av.FFmpegError:
        return


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    for packet in _packets(container, stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue
        yield from frames
