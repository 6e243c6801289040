"""The live frames' format: what a page packs is decoded unchanged."""

from __future__ import annotations

import numpy as np
import pytest

from api.live.frame_codec import BadFrame, read_frame
from hinge_check.live import frame_of
from tests.api.live_frames import empty_frame, frame_bytes, pack_frame
from tests.live.sessions import set_track


def test_a_frame_survives_the_round_trip() -> None:
    track = set_track(1, fps=15.0)
    size, edge = track.info.frame_size, max(track.info.frame_size)
    for k in range(0, len(track), 7):
        sent = frame_of(track, k)
        came = read_frame(frame_bytes(track, k, k, sent.time_s), size)
        assert came.seq == k
        assert came.frame.time_s == sent.time_s
        assert came.frame.landmarks == pytest.approx(sent.landmarks, abs=edge / 8192)
        assert came.frame.world == pytest.approx(sent.world, abs=1 / 8000)
        assert came.frame.visibility == pytest.approx(sent.visibility, abs=1 / 255)
        assert came.frame.luma == 120
    nobody = read_frame(empty_frame(3, 1.5), size).frame
    assert nobody.landmarks is None
    assert nobody.others is None
    whole = frame_bytes(track, 0, 0, 0.0)
    for wrong in (whole[:-1], whole + b"\0", b"\x02" + whole[1:], whole[:1] + b"\xff" + whole[2:], b""):
        with pytest.raises(BadFrame):
            read_frame(wrong, size)


def test_luma_other_people_and_no_outline() -> None:
    flat = np.zeros((33, 3), np.float32)
    data = pack_frame(1, 2.0, flat, None, np.ones(33), None, size=(640, 360), luma=17)
    frame = read_frame(data, (640, 360)).frame
    assert (frame.luma, frame.edges, frame.world) == (17.0, None, None)
    assert not frame.usable
