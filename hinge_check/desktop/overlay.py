"""The live picture: the person, the count and one line of text, readable from three metres."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from hinge_check.arrays import FloatArray, Side
from hinge_check.capture.landmarks import ARM_CHAIN, BODY_CHAIN
from hinge_check.format import Z95, with_error
from hinge_check.live.updates import AngleReading, CoachUpdate, State
from hinge_check.measure.types import Phase
from hinge_check.present import style
from hinge_check.present.overlay import BACK_RANGE, HIP_RANGE
from hinge_check.present.skeleton import draw_skeleton
from hinge_check.present.text import Anchor, Picture, blit, text_block, text_width
from hinge_check.present.timeline import SEEN, TimelineMoment

PICTURE = 960
"""Long edge of the picture, pixels."""
LARGE, MIDDLE, SMALL = 0.15, 0.075, 0.045
"""Heights of letters as a share of the canvas's short edge: on a 30 cm high screen 45, 22 and 13 mm; 22 mm is readable
from 3 m (about 7 mm per metre for long-sighted and tired eyes)."""

NOTICE_WORDS = {
    "person_lost": "not in view",
    "second_person": "someone else in view",
    "slow_frames": "slow picture",
    "too_dark": "dark",
    "back_not_readable": "back not readable",
}


@dataclass(frozen=True, slots=True)
class LivePose:
    """The person in the drawn frame."""

    landmarks: FloatArray
    visibility: FloatArray
    back: FloatArray
    """(B, 2) back edge, pixels of the analysed picture; NaN where not seen."""
    near: Side


class LiveOverlay:
    """Draws updates on frames of one size.

    Parameters
    ----------
    frame_size
        Width and height of the analysed pictures, pixels.
    """

    def __init__(self, frame_size: tuple[int, int]) -> None:
        width, height = frame_size
        scale = PICTURE / max(frame_size)
        self._picture = (2 * round(width * scale / 2), 2 * round(height * scale / 2))
        self._scale = self._picture[0] / width, self._picture[1] / height
        short = min(self._picture)
        self._large, self._middle, self._small = (round(share * short) for share in (LARGE, MIDDLE, SMALL))
        # The line of text has a row of its own, two lines high where the picture is narrow: it never covers the feet.
        self._row = round((1.7 if width >= height else 3.0) * self._middle)
        self._panel = 2 * round((self._row + 2.7 * self._middle) / 2)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a drawn frame, pixels."""
        return self._picture[0], self._picture[1] + self._panel

    def draw(self, rgb: Picture, answer: CoachUpdate, figure: LivePose | None, *, muted: bool = False) -> Picture:
        """Return one drawn frame, RGB; (H', W', 3) of `size`."""
        width, height = self._picture
        canvas = np.empty((height + self._panel, width, 3), np.uint8)
        picture = canvas[:height]
        cv2.resize(rgb, (width, height), dst=picture, interpolation=cv2.INTER_LINEAR)
        canvas[height:] = style.PANEL
        if figure is not None:
            draw_skeleton(picture, self._overlay_moment(answer, figure), self._scale, round(0.6 * self._middle))
        self._draw_count(picture, answer)
        self._draw_line(canvas, answer)
        self._draw_notices(picture, answer, muted=muted)
        if answer.state in (State.PLACING, State.STAND):
            self._draw_stand_progress(canvas, answer.progress)
        else:
            self._draw_bars(canvas, answer)
        return canvas

    def _overlay_moment(self, answer: CoachUpdate, figure: LivePose) -> TimelineMoment:
        points = np.array(figure.landmarks[:, :2], float)
        points[figure.visibility < SEEN] = np.nan
        back = answer.lumbar or AngleReading(float("nan"), float("nan"))
        hip = answer.hip or AngleReading(float("nan"), float("nan"))
        return TimelineMoment(
            answer.time_s,
            True,
            points[list(BODY_CHAIN[figure.near])],
            points[list(ARM_CHAIN[figure.near])],
            figure.back,
            hip.deg,
            hip.se,
            back.deg,
            back.se,
            Phase.NONE,  # the bar shows its number, large; a small one at the back would only flicker
            answer.reps,
            None,
            None,
            "",
        )

    def _draw_count(self, picture: Picture, answer: CoachUpdate) -> None:
        """Draw the repetitions, large, with the set and the phase below."""
        if not answer.total and answer.state in (State.LOOKING, State.PLACING, State.STAND):
            return
        gap = round(0.3 * self._middle)
        number = text_block(str(answer.reps), self._large, style.INK, bold=True, pill=style.PANEL, opacity=0.6)
        blit(picture, number, gap, gap)
        words = f"set {answer.set}"
        if answer.phase:
            words += f"  {style.PHASE_WORDS[answer.phase]}"
        block = text_block(words, self._small, style.INK, pill=style.PANEL, opacity=0.6)
        blit(picture, block, gap, gap + number.height + gap // 2)

    def _draw_line(self, canvas: Picture, answer: CoachUpdate) -> None:
        """Draw the one line of text: a recent cue or praise, else the instruction."""
        width, height = self._picture
        if answer.caption is not None:
            plate, ink = (style.INK, style.PANEL) if answer.caption.kind == "cue" else (style.PANEL_RAISED, style.INK)
            words = answer.caption.text
        elif answer.instruction is not None:
            plate, ink, words = style.PANEL, style.INK, answer.instruction.text
        else:
            return
        size = self._middle
        lines = wrap_words(words, size, width - 2 * size)
        block = text_block(lines, size, ink, bold=True, pill=plate, opacity=1.0)
        if block.height > self._row:
            block = text_block(lines, round(0.7 * size), ink, bold=True, pill=plate, opacity=1.0)
        blit(canvas, block, width / 2, height + (self._row - block.height) / 2, "centre")

    def _draw_notices(self, picture: Picture, answer: CoachUpdate, *, muted: bool) -> None:
        """Draw the current problems, small, in the upper right corner."""
        words = [NOTICE_WORDS[code] for code in answer.notices if code in NOTICE_WORDS]
        y = round(0.3 * self._middle)
        for text in [*words, *(["muted"] if muted else [])]:
            block = text_block(text, self._small, style.MUTED, pill=style.PANEL, opacity=0.7)
            blit(picture, block, picture.shape[1] - round(0.3 * self._middle), y, "right")
            y += block.height + round(0.2 * self._small)

    def _draw_stand_progress(self, canvas: Picture, progress: float) -> None:
        """Draw how much of the still stand is done."""
        width, top = self._picture
        gap = self._small
        middle = top + (self._row + self._panel) // 2
        y0, y1 = middle - gap // 2, middle + gap // 2
        canvas[y0:y1, gap : width - gap] = style.PANEL_RAISED
        canvas[y0:y1, gap : gap + round(progress * (width - 2 * gap))] = style.HIP

    def _draw_bars(self, canvas: Picture, answer: CoachUpdate) -> None:
        """Draw hip and lumbar flexion with their 95 % intervals."""
        width, top = self._picture[0], self._picture[1] + self._row
        gap = round(0.5 * self._small)
        half = (width - 3 * gap) // 2
        for x, name, reading, colour, ends in (
            (gap, "hip", answer.hip, style.HIP, HIP_RANGE),
            (2 * gap + half, "back", answer.lumbar, style.BACK, BACK_RANGE),
        ):
            blit(canvas, text_block(name, self._small, style.MUTED), x, top + gap)
            words = with_error(reading.deg, reading.se) if reading is not None else "not seen"
            size = self._middle if reading is not None else self._small
            anchor: Anchor = "right"
            blit(canvas, text_block(words, size, style.INK, bold=True), x + half, top + gap // 2, anchor)
            y1 = self.size[1] - gap
            self._draw_bar(
                canvas, (x, y1 - round(0.9 * self._small), half, round(0.9 * self._small)), reading, colour, ends
            )

    def _draw_bar(
        self,
        canvas: Picture,
        box: tuple[int, int, int, int],
        reading: AngleReading | None,
        colour: style.Rgb,
        ends: tuple[float, float],
    ) -> None:
        x0, y0, width, height = box
        low, high = ends

        def x(degrees: float) -> int:
            return round(x0 + (min(max(degrees, low), high) - low) / (high - low) * width)

        canvas[y0 : y0 + height, x0 : x0 + width] = style.PANEL_RAISED
        if reading is not None:
            first, last = sorted((x(0.0), x(reading.deg)))
            canvas[y0 : y0 + height, first:last] = colour
            veil = canvas[y0 : y0 + height, x(reading.deg - Z95 * reading.se) : x(reading.deg + Z95 * reading.se)]
            veil[...] = (veil.astype(np.uint16) + np.array(style.INK, np.uint16)) // 2
        if low < 0:
            canvas[y0 - 2 : y0 + height + 2, x(0.0) - 1 : x(0.0) + 1] = style.INK


def wrap_words(words: str, size: int, width: int) -> str:
    """Break bold words into as few lines of at most `width` pixels as possible."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, bold=True) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
