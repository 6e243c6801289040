from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_check.desktop.overlay import LiveOverlay, LivePose, wrap_words
from hinge_check.live import phrases
from hinge_check.live.updates import AngleReading, CoachUpdate, Phrase, State, Utterance
from hinge_check.present.text import text_width
from tests.live.sessions import set_track

ANSWER = CoachUpdate(
    time_s=3.0,
    state=State.GO,
    instruction=None,
    progress=0.0,
    set=1,
    reps=4,
    total=4,
    phase="bottom",
    hip=AngleReading(80.0, 4.0),
    lumbar=AngleReading(12.0, 5.0),
    say=None,
    caption=None,
    notices=(),
    rep=None,
    rate_hz=20.0,
)
SIZES = [(640, 360), (450, 800), (960, 540), (320, 240)]


def draw(answer: CoachUpdate, size: tuple[int, int] = (640, 360), *, muted: bool = False) -> np.ndarray:
    return LiveOverlay(size).draw(np.full((size[1], size[0], 3), 90, np.uint8), answer, None, muted=muted)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", list(State))
def test_every_state_fits_every_picture(size: tuple[int, int], state: State) -> None:
    overlay = LiveOverlay(size)
    for code, text in phrases.INSTRUCTION.items():
        answer = replace(ANSWER, state=state, instruction=Phrase(code, text), hip=None, lumbar=None, phase="")
        out = overlay.draw(np.zeros((size[1], size[0], 3), np.uint8), answer, None)
        assert out.shape == (overlay.size[1], overlay.size[0], 3)
        assert overlay.size[0] % 2 == overlay.size[1] % 2 == 0


def test_every_change_is_visible() -> None:
    plain = draw(ANSWER)
    for change in (
        {"reps": 5},
        {"set": 2},
        {"phase": "ascent"},
        {"hip": AngleReading(60.0, 4.0)},
        {"hip": None},
        {"lumbar": AngleReading(30.0, 5.0)},
        {"notices": ("person_lost",)},
        {"caption": Utterance(1, "cue", "shallow", "Hips a little further")},
        {"instruction": Phrase("rest", "Rest.")},
    ):
        assert not np.array_equal(draw(replace(ANSWER, **change)), plain), change
    assert not np.array_equal(draw(ANSWER, muted=True), plain)


def test_the_caption_never_covers_the_person() -> None:
    size = (640, 360)
    with_line = draw(replace(ANSWER, instruction=Phrase("x", "Move so that all of you is seen.")), size)
    plain = draw(ANSWER, size)
    height = 540  # of the picture as drawn
    assert np.array_equal(with_line[:height], plain[:height])


def test_the_person_is_drawn_where_they_are() -> None:
    track = set_track(1, lead=0.5)
    size = track.info.frame_size
    figure = LivePose(track.landmarks[0], track.visibility[0], np.full((1, 2), np.nan), "right")
    overlay = LiveOverlay(size)
    grey = np.full((size[1], size[0], 3), 90, np.uint8)
    changed = np.any(overlay.draw(grey, ANSWER, figure) != overlay.draw(grey, ANSWER, None), axis=2)
    hip = track.landmarks[0, 24, :2] * overlay.size[0] / size[0]
    assert changed[round(float(hip[1])), round(float(hip[0]))]
    nobody = replace_visibility(figure)
    assert np.array_equal(overlay.draw(grey, ANSWER, nobody), overlay.draw(grey, ANSWER, None))


def replace_visibility(figure: LivePose) -> LivePose:
    return LivePose(figure.landmarks, figure.visibility * 0, figure.back, figure.near)


def test_wrapping_keeps_every_word() -> None:
    text = "Move so that all of you is seen."
    lines = wrap_words(text, 40, 300).split("\n")
    assert " ".join(lines) == text
    assert all(text_width(line, 40, bold=True) <= 300 for line in lines)
