"""A4 pages with headings, figures, tables and running text: the few elements a report consists of."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

MARGIN, WIDTH = 16.0, 178.0
"""Millimetres: left and right margin, and the width between them."""
_INK, _QUIET, _RULE, _SHADE = (34, 39, 46), (91, 101, 112), (214, 220, 226), (240, 243, 246)
_FAMILY = "DejaVu"
_FILES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}


class Page(FPDF):
    """A document in DejaVu Sans, which has ° and ±; the same calls and creation date give the same bytes."""

    def __init__(self, title: str, footer: str, created_at: datetime) -> None:
        super().__init__(format="A4", unit="mm")
        self._footer = readable(footer)
        for style, path in _font_files().items():
            self.add_font(_FAMILY, style=style, fname=path)
        self.set_margins(MARGIN, 14, MARGIN)
        self.set_auto_page_break(True, margin=17)
        self.set_title(title)
        self.set_lang("en")
        self.set_producer("hinge-check")
        self.set_creation_date(created_at)
        self.c_margin = 0  # text, tables and tiles share one left edge
        self.set_line_width(0.2)
        self.set_draw_color(*_RULE)
        self.add_page()

    def footer(self) -> None:
        """Print the same line on every page, with its number."""
        self.set_y(-13)
        self._ink(7, quiet=True)
        self.cell(WIDTH - 20, 4, self._footer)
        self.cell(20, 4, f"page {self.page_no()} of {{nb}}", align="R")

    def heading(self, text: str, *, size: float = 10.5, room: float = 22) -> None:
        """Print a heading, on the next page unless at least `room` millimetres of what follows fit below it."""
        if self.will_page_break(room):
            self.add_page()
        self.ln(2.2)
        self._ink(size, bold=True)
        self._line(text, size * 0.5)
        self.ln(0.8)

    def words(self, text: str, *, size: float = 8.5, quiet: bool = False, bold: bool = False, width: float = 0) -> None:
        """Print a paragraph from the current left edge."""
        self._ink(size, quiet=quiet, bold=bold)
        self._line(text, size * 0.49, width)

    def points(self, lines: Sequence[str], *, size: float = 8.5, width: float = WIDTH) -> None:
        """Print a list; each line may wrap."""
        left = self.get_x()
        for line in lines:
            self._ink(size)
            self.set_x(left)
            self.cell(3.4, size * 0.49, "•")
            self._line(line, size * 0.49, width - 3.4)
            self.ln(0.7)
        self.set_x(left)

    def tiles(self, tiles: Sequence[tuple[str, str, str]]) -> None:
        """Print headline figures side by side: name, figure, remark."""
        gap, height, top = 3.0, 21.0, self.get_y()
        width = (WIDTH - gap * (len(tiles) - 1)) / len(tiles)
        for k, (name, figure, remark) in enumerate(tiles):
            left = MARGIN + k * (width + gap)
            self.set_fill_color(*_SHADE)
            self.rect(left, top, width, height, style="F", round_corners=True, corner_radius=1.5)
            for y, height_mm, size, text, bold, quiet in (
                (2.2, 4.0, 7.5, name, False, True),
                (6.6, 7.0, 14.0, figure, True, False),
                (14.6, 4.0, 6.8, remark, False, True),
            ):
                self._ink(self._fit_size(text, size, width - 5, bold), bold=bold, quiet=quiet)
                self.set_xy(left + 2.5, top + y)
                self.cell(width - 5, height_mm, readable(text))
        self.set_xy(MARGIN, top + height + 1.5)

    def pairs(self, pairs: Sequence[tuple[str, str]], *, columns: int = 2) -> None:
        """Print names and values in columns."""
        self._ink(8)
        rows = [pairs[k : k + columns] for k in range(0, len(pairs), columns)]
        share = WIDTH / columns
        with self.table(
            borders_layout="NONE",
            col_widths=tuple([share * 0.3, share * 0.7] * columns),
            line_height=4.2,
            first_row_as_headings=False,
            text_align="LEFT",
            padding=(0.3, 1, 0.3, 0),
        ) as table:
            for row in rows:
                cells = table.row()
                for name, value in [*row, *[("", "")] * (columns - len(row))]:
                    cells.cell(readable(name), style=FontFace(color=_QUIET))
                    cells.cell(readable(value), style=FontFace(color=_INK))

    def grid(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], *, size: float = 7.5
    ) -> None:
        """Print a table with thin rules; its header is repeated on a new page."""
        self._ink(size)
        self.set_fill_color(255, 255, 255)
        with self.table(
            borders_layout="HORIZONTAL_LINES",
            col_widths=tuple(WIDTH * w / sum(widths) for w in widths),
            line_height=size * 0.5,
            text_align="LEFT",
            headings_style=FontFace(emphasis="BOLD", color=_QUIET, fill_color=_SHADE),
            padding=(0.8, 1),
        ) as table:
            for row in [header, *rows]:
                cells = table.row()
                for text in row:
                    cells.cell(readable(text))

    def picture(self, png: bytes, x: float, y: float, width: float) -> float:
        """Place a picture; return its height in millimetres."""
        drawn = self.image(io.BytesIO(png), x=x, y=y, w=width)
        return float(drawn.rendered_height)

    def _line(self, text: str, height: float, width: float = 0) -> None:
        left = self.get_x()
        self.multi_cell(width, height, readable(text), align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
        self.set_x(left)

    def _ink(self, size: float, *, bold: bool = False, quiet: bool = False) -> None:
        self.set_font(_FAMILY, "B" if bold else "", size)
        self.set_text_color(*(_QUIET if quiet else _INK))

    def _fit_size(self, text: str, size: float, width: float, bold: bool) -> float:
        """Return the largest size, up to `size`, at which a text fits."""
        self._ink(size, bold=bold)
        needed = self.get_string_width(readable(text))
        return size if needed <= width else size * width / needed


def readable(text: str) -> str:
    """Replace what the font lacks: unknown letters become �, tabs spaces, and control characters are removed."""
    known = _available_letters()
    flat = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(c if c == "\n" or ord(c) in known else "�" for c in flat if c == "\n" or ord(c) >= 32)


@cache
def _font_files() -> dict[str, Path]:
    import matplotlib  # for its fonts; slow to import, so only when a page is made

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return {style: folder / name for style, name in _FILES.items()}


@cache
def _available_letters() -> frozenset[int]:
    """Return the code points that both fonts have."""
    letters: list[frozenset[int]] = []
    for path in _font_files().values():
        with TTFont(path, lazy=True) as font:
            letters.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*letters)
