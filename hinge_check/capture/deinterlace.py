"""Deinterlacing: two half-pictures taken 1/50 s apart would put a comb on every moving edge."""

from __future__ import annotations

from av.filter import Graph
from av.video.frame import VideoFrame


class Deinterlacer:
    """A filter that passes frames on untouched until one is flagged interlaced, from then on through FFmpeg's bwdif.

    One picture out per picture in, with its time; frames that are not flagged stay as they are.
    """

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._shape: tuple[int, int, str] | None = None

    def push(self, frame: VideoFrame) -> list[VideoFrame]:
        """Return the frames that are ready after this one (the filter looks one frame ahead)."""
        if self._graph is None and not frame.interlaced_frame:
            return [frame]
        out: list[VideoFrame] = []
        shape = (frame.width, frame.height, frame.format.name)
        if self._graph is None or shape != self._shape:
            out = self.flush()
            self._graph, self._shape = _graph(frame), shape
        self._graph.vpush(frame)
        return out + _pull(self._graph)

    def flush(self) -> list[VideoFrame]:
        """Return the remaining frames."""
        if self._graph is None:
            return []
        self._graph.vpush(None)
        rest = _pull(self._graph)
        self._graph = None
        return rest


def _graph(frame: VideoFrame) -> Graph:
    graph = Graph()
    # One thread: the filter is cheap beside decoding, and inference wants the other core.
    graph.threads = 1
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
    graph.link_nodes(
        source, graph.add("bwdif", "mode=send_frame:parity=auto:deint=interlaced"), graph.add("buffersink")
    )
    graph.configure()
    return graph


def _pull(graph: Graph) -> list[VideoFrame]:
    frames = []
    while True:
        try:
            frames.append(graph.vpull())
        except (BlockingIOError, EOFError):  # needs more input, or is drained
            return frames
