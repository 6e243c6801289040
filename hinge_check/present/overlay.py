"""Draws one frame: the picture with the body on it, status and cue in its upper corners, numbers and curves below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from hinge_check.format import Z95, with_error
from hinge_check.measure.types import Phase
from hinge_check.present import style
from hinge_check.present.curve_strip import Strip, diamond
from hinge_check.present.layout import Box, layout
from hinge_check.present.privacy import HeadCover
from hinge_check.present.skeleton import draw_skeleton
from hinge_check.present.text import Picture, blit, text_block, text_width
from hinge_check.present.timeline import Timeline, TimelineMoment

if TYPE_CHECKING:
    from hinge_check.analysis import Analysis

HIP_RANGE = (0.0, 130.0)
BACK_RANGE = (-20.0, 60.0)
"""Degrees from end to end of the bars."""


class Overlay:
    """Draws the frames of one recording.

    Parameters
    ----------
    analysis
        What to show.
    blur_face
        Cover heads before anything is drawn.
    """

    def __init__(self, analysis: Analysis, *, blur_face: bool = False) -> None:
        self.layout = layout(analysis.track.info.source_size)
        self._timeline = Timeline(analysis)
        width, height = analysis.track.info.frame_size
        self._scale = self.layout.picture[0] / width, self.layout.picture[1] / height
        strip = self.layout.strip
        self._strip = Strip(analysis, strip.width, strip.height, self.layout.text)
        self._cover = HeadCover(analysis.track) if blur_face else None
        self._panel = self._blank_panel()
        measured = analysis.measurement
        refused = measured.refusal is not None
        self._hip_anywhere = not refused and bool(np.isfinite(measured.angles.hip_flexion).any())
        self._lumbar_anywhere = not refused and bool(np.isfinite(measured.angles.lumbar_flexion).any())

    def _blank_panel(self) -> Picture:
        """Draw what never changes below the picture: names with their markers, the background of the bars."""
        (width, height), top, text = self.layout.canvas, self.layout.picture[1], self.layout.text
        panel = np.empty((height - top, width, 3), np.uint8)
        panel[...] = style.PANEL
        for name, box in (("hip", self.layout.hip), ("back", self.layout.back)):
            y = box.y - top
            centre = box.x + round(0.4 * text), y + round(0.72 * text)
            if name == "hip":
                cv2.circle(panel, centre, round(0.28 * text), style.HIP, -1, cv2.LINE_AA)
            else:
                cv2.fillConvexPoly(panel, diamond(centre, round(0.36 * text)), style.BACK, cv2.LINE_AA)
            blit(panel, text_block(name, text, style.INK), box.x + 0.85 * text, y - 0.05 * text)
            panel[y + box.height - self._bar : y + box.height, box.x : box.x + box.width] = style.PANEL_RAISED
        return panel

    @property
    def _bar(self) -> int:
        """Height of a bar, pixels."""
        return round(0.36 * self.layout.text)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a drawn frame, pixels."""
        return self.layout.canvas

    def draw(self, rgb: Picture, time_s: float, *, out: Picture | None = None) -> Picture:
        """Draw one frame.

        Parameters
        ----------
        rgb : (H, W, 3) uint8
            The upright picture, any size; it is scaled to the layout.
        time_s
            Its media time, on the clock of the track.
        out
            Canvas of `size` to draw on, for callers that no longer need the last one; a new one when None.

        Returns
        -------
        (H', W', 3) uint8
            The canvas.
        """
        (width, height), (canvas_width, canvas_height) = self.layout.picture, self.layout.canvas
        canvas = np.empty((canvas_height, canvas_width, 3), np.uint8) if out is None else out
        picture = canvas[:height, :width]
        if rgb.shape[:2] == (height, width):
            picture[...] = rgb
        else:
            # below half size linear interpolation would skip pixels; above it, it is several times faster
            method = cv2.INTER_AREA if rgb.shape[0] > 2 * height else cv2.INTER_LINEAR
            cv2.resize(rgb, (width, height), dst=picture, interpolation=method)
        canvas[height:] = self._panel
        if self._cover is not None:
            self._cover.apply(picture, time_s, self._scale)
        moment = self._timeline.at(time_s)
        if moment.seen:
            draw_skeleton(picture, moment, self._scale, self.layout.text)
        self._status(picture, moment)
        self._gauges(canvas, moment)
        strip = self.layout.strip
        self._strip.draw(canvas, strip.x, strip.y, time_s, moment.hip_deg, moment.lumbar_deg)
        return canvas

    def _status(self, picture: Picture, moment: TimelineMoment) -> None:
        """Draw rep and phase in the left corner, score in the right, the cue below: beside the person, not on them."""
        text, width = self.layout.text, picture.shape[1]
        gap = round(0.4 * text)
        words = [f"rep {moment.rep}/{self._timeline.total}"] if moment.rep else []
        if moment.phase is not Phase.NONE:
            words.append(style.PHASE_WORDS[moment.phase.value])
        if words:
            block = text_block("  ".join(words), text, style.INK, pill=style.PANEL)
            blit(picture, block, gap, gap)
        if moment.score is not None:
            score = f"score {with_error(moment.score, moment.score_se, '')}"
            block = text_block(score, text, style.INK, bold=True, pill=style.PANEL)
            blit(picture, block, width - gap, gap, "right")
        if moment.cue:
            size, y = round(1.2 * text), 2 * gap + round(1.7 * text)
            upright = self.layout.upright
            cue = split_in_two(moment.cue, size, (width if upright else round(0.36 * width)) - 2 * gap - size)
            block = text_block(cue, size, style.PANEL, bold=True, pill=style.INK, opacity=0.92)
            blit(picture, block, width / 2 if upright else gap, y, "centre" if upright else "left")

    def _gauges(self, canvas: Picture, moment: TimelineMoment) -> None:
        hip = with_error(moment.hip_deg, moment.hip_se)
        self._gauge(canvas, self.layout.hip, hip, style.HIP, HIP_RANGE, moment.hip_deg, moment.hip_se)
        back = with_error(moment.lumbar_deg, moment.lumbar_se)
        self._gauge(canvas, self.layout.back, back, style.BACK, BACK_RANGE, moment.lumbar_deg, moment.lumbar_se)
        for words, box, anywhere in (
            (hip, self.layout.hip, self._hip_anywhere),
            (back, self.layout.back, self._lumbar_anywhere),
        ):
            if not words and (moment.seen or not anywhere):
                self._say_unknown(canvas, box)

    def _gauge(
        self,
        canvas: Picture,
        box: Box,
        words: str,
        colour: style.Rgb,
        ends: tuple[float, float],
        value: float,
        se: float,
    ) -> None:
        """Draw the value with ±, and a bar with its error as a translucent span."""
        text = self.layout.text
        if words:
            blit(canvas, text_block(words, text, style.INK, bold=True), box.x + box.width, box.y - 0.05 * text, "right")
        low, high = ends
        y0, y1 = box.y + box.height - self._bar, box.y + box.height

        def x(degrees: float) -> int:
            return round(box.x + (min(max(degrees, low), high) - low) / (high - low) * box.width)

        if np.isfinite(value):
            first, last = sorted((x(0.0), x(value)))
            canvas[y0:y1, first:last] = colour
            if np.isfinite(se):
                veil = canvas[y0:y1, x(value - Z95 * se) : x(value + Z95 * se)]
                veil[...] = (veil.astype(np.uint16) + np.array(style.INK, np.uint16)) // 2
        if low < 0:
            canvas[y0 - 2 : y1 + 2, x(0.0) - 1 : x(0.0) + 1] = style.INK

    def _say_unknown(self, canvas: Picture, box: Box) -> None:
        text = self.layout.text
        for words in ("not measurable here", "not measurable", "not seen"):
            block = text_block(words, round(0.82 * text), style.MUTED)
            if block.width <= box.width - text_width("back", text) - 0.9 * text:
                blit(canvas, block, box.x + box.width, box.y + 0.05 * text, "right")
                return


def split_in_two(words: str, size: int, width: int) -> str:
    """Put bold words in one line, or in two of similar length when one is wider than `width` pixels."""
    if text_width(words, size, bold=True) <= width or " " not in words:
        return words
    cuts = [k for k, letter in enumerate(words) if letter == " "]
    halves = [(words[:cut], words[cut + 1 :]) for cut in cuts]
    return "\n".join(min(halves, key=lambda half: max(text_width(part, size, bold=True) for part in half)))
