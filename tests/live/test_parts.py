"""The buffer, the phases and the stand, each alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from hinge_check.live import LiveFrame
from hinge_check.live.frame_buffer import CAPACITY, FrameBuffer
from hinge_check.live.phase_detector import Event, PhaseDetector
from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.types import Phase
from tests.stick_figure import clock, hinges


def events_of(bend: np.ndarray, fps: float = 30.0) -> list[tuple[float, Event]]:
    phases = PhaseDetector(RepRules())
    return [(k / fps, event) for k, value in enumerate(bend) for event in phases.update(k / fps, float(value))]


def test_a_hinge_starts_turns_and_ends() -> None:
    time = clock(6)
    events = events_of(80 * hinges(time, 1, lead=1.0))
    assert [event for _, event in events] == [Event.STARTED, Event.HELD, Event.TURNED, Event.STOOD]
    started, held, turned, stood = (at for at, _ in events)
    assert 1.0 < started < 1.6
    assert 2.0 < held < 2.6
    assert 2.5 < turned < 2.9
    assert 3.2 < stood < 3.8


def test_swaying_is_no_movement() -> None:
    time = clock(20)
    assert events_of(4 * np.sin(2 * np.pi * 0.5 * time)) == []


def test_a_nod_is_dropped() -> None:
    time = clock(5)
    assert [e for _, e in events_of(16 * hinges(time, 1))] == [Event.STARTED, Event.DROPPED]


def test_touch_and_go_is_two() -> None:
    time = clock(8)
    bend = 25 + 55 * hinges(time, 2, lead=1.0, every=2.6)
    bend[:30] = np.linspace(0, 25, 30)
    kinds = [event for _, event in events_of(bend)]
    assert kinds.count(Event.STOOD) == 2


def test_a_dip_at_the_bottom_is_one() -> None:
    time = clock(6)
    dip = 12 * np.exp(-(((time - 2.35) / 0.12) ** 2))
    kinds = [event for _, event in events_of(80 * hinges(time, 1, lead=1.0) - dip)]
    assert kinds.count(Event.STOOD) == 1
    assert kinds.count(Event.STARTED) == 1


@given(st.lists(st.floats(-40, 200), min_size=1, max_size=300))
def test_events_come_in_an_order_that_makes_sense(bend: list[float]) -> None:
    under_way = False
    phases = PhaseDetector(RepRules())
    for k, value in enumerate(bend):
        for event in phases.update(k / 30, value):
            assert (event is Event.STARTED) != under_way
            under_way = event not in (Event.STOOD, Event.DROPPED)
        assert phases.in_rep == under_way
        assert phases.phase in Phase


def frame(time_s: float) -> LiveFrame:
    points = np.full((33, 3), time_s, np.float32)
    return LiveFrame(time_s, points, points, np.ones(33, np.float32))


def test_a_ring_never_grows_and_keeps_the_newest() -> None:
    buffer = FrameBuffer()
    for k in range(5 * CAPACITY):
        buffer.append(frame(k / 30))
    assert len(buffer) <= CAPACITY
    assert buffer.times()[-1] == (5 * CAPACITY - 1) / 30
    assert np.all(np.diff(buffer.times()) > 0)
    assert np.allclose(buffer.rows()["landmarks"][:, 0, 0], buffer.times(), atol=1e-3)


def test_what_is_held_is_thinned_and_not_lost() -> None:
    buffer = FrameBuffer()
    buffer.hold_s = 3.0
    for k in range(3 * CAPACITY):
        buffer.append(frame(k / 30))
    assert len(buffer) <= CAPACITY
    assert 2.9 <= buffer.times()[0] <= 3.1
    assert np.diff(buffer.times()).max() <= 0.4
