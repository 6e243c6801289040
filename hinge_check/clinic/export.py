"""All data of one person as a ZIP that is made while it is sent: never as a whole in memory or on disk.

Names inside are ids and dates, never the name of a person or of a file they sent.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED

from zipstream import ZipStream

from hinge_check.clinic.metrics import Recorded, by_time

HISTORY_COLUMNS = (
    "recording_id",
    "recorded_at",
    "step",
    "protocol",
    "reps",
    "reps_in_band",
    "hip_flexion_deg",
    "hip_flexion_se_deg",
    "lumbar_flexion_deg",
    "lumbar_flexion_se_deg",
    "hip_share",
    "score",
    "score_se",
    "pain_before",
    "pain_worst",
    "pain_after",
    "pain_next_morning",
    "rpe",
    "load_kg",
    "stopped_early",
    "note",
)

README = """This archive holds everything that is stored about one person.

person.json            what was agreed to and when, answers to the health questions, plans, reviews
history.csv            one line a recording: figures and check-in
fhir.json              the same for other systems (HL7 FHIR R4, Bundle)
recordings/DATE_ID/    one folder a recording: video (where few players know its coding, playable.mp4 too), report.json,
                       reps.csv, angles.csv, chart.png, report.pdf, as far as they are still stored

Angles are degrees from the person's own standing, estimated from video; columns ending in _se_deg are one standard
error. Times are UTC unless they say otherwise. The files hold health data: keep them where only those can read them who
should.
"""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9]+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive. `chunks` is read only when its turn comes, so it may open its source as late as that."""

    name: str
    chunks: Iterable[bytes]
    packed: bool = False
    """Whether it is compressed already (video, picture, PDF): then it is stored as it is."""


def zip_stream(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the archive piece by piece; one entry is open at a time, and `entries` itself is consumed on the way.

    Raises
    ------
    ValueError
        A name that is not a plain relative path of letters, digits, '-', '_', or occurs twice.
    """
    archive = ZipStream(compress_type=ZIP_DEFLATED, compress_level=6)
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry.name, seen)
        # level 0 rather than "stored": not every unpacker can read a stored entry of unknown length
        level = 0 if entry.packed else 6
        archive.add(iter(entry.chunks), entry.name, compress_type=ZIP_DEFLATED, compress_level=level)
        yield from archive.all_files()
    yield from archive.finalize()


def recording_folder(recording_id: str, when: datetime) -> str:
    """Return the folder of a recording's files: 'recordings/2026-11-22_1f3c…', sorted by date."""
    return f"recordings/{when:%Y-%m-%d}_{recording_id}"


def text_entry(name: str, text: str) -> Entry:
    """Return an entry for a text file."""
    return Entry(name, [text.encode()])


def json_entry(name: str, content: Any) -> Entry:
    """Return an entry for a JSON file."""
    return text_entry(name, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def history_csv(records: Sequence[Recorded]) -> Iterator[bytes]:
    """Yield history.csv line by line; nothing where nothing was measured or reported."""
    yield _line(HISTORY_COLUMNS)
    for record in by_time(records):
        yield _line([_cell(value) for value in _row(record)])


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield any table as CSV, line by line."""
    yield _line(columns)
    for row in rows:
        yield _line([_cell(row.get(column)) for column in columns])


def _row(record: Recorded) -> tuple[Any, ...]:
    f, c = record.figures, record.check_in
    measured: tuple[Any, ...] = (None,) * 10
    if f is not None:
        measured = (
            f.protocol,
            f.reps,
            f.reps_in_band,
            f.hip_deg,
            f.hip_se_deg,
            f.lumbar_deg,
            f.lumbar_se_deg,
            f.hip_share,
            f.score,
            f.score_se,
        )
    reported: tuple[Any, ...] = (None,) * 8
    if c is not None:
        reported = (
            c.pain_before,
            c.pain_worst,
            c.pain_after,
            c.pain_next_morning,
            c.rpe,
            c.load_kg,
            c.stopped_early,
            c.note,
        )
    return (record.recording_id, record.when.isoformat(timespec="seconds"), record.step, *measured, *reported)


def _cell(value: Any) -> str:
    """Return a value as text, with an apostrophe before words that a spreadsheet would take for a formula."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return str(value)


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue().encode()


def _check_name(name: str, seen: set[str]) -> None:
    if not all(_NAME.fullmatch(part) for part in name.split("/")):
        raise ValueError("a name in an archive is a plain relative path")
    if name.lower() in seen:
        raise ValueError("a name comes twice in an archive")
    seen.add(name.lower())
