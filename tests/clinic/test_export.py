"""The archive: streamed, readable, without surprises in names or cells."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest

from hinge_check.clinic.export import (
    HISTORY_COLUMNS,
    README,
    Entry,
    csv_bytes,
    history_csv,
    json_entry,
    recording_folder,
    text_entry,
    zip_stream,
)
from tests.clinic.people import NOW, check_in, figures, recorded_set


def unzip(entries: list[Entry]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_stream(entries)))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_entries_survive_the_archive() -> None:
    folder = recording_folder("1f3c", NOW)
    assert folder == "recordings/2026-11-22_1f3c"
    out = unzip(
        [
            text_entry("README.txt", README),
            json_entry("person.json", {"ü": 1}),
            Entry(f"{folder}/original.mp4", [b"abc", b"def"], packed=True),
            Entry(f"{folder}/empty.csv", []),
        ]
    )
    assert out[f"{folder}/original.mp4"] == b"abcdef"
    assert out[f"{folder}/empty.csv"] == b""
    assert json.loads(out["person.json"]) == {"ü": 1}
    assert unzip([]) == {}


def test_text_is_compressed_and_compressed_files_are_not() -> None:
    content = b"0" * 100_000
    sizes = [len(b"".join(zip_stream([Entry("a.csv", [content], packed=packed)]))) for packed in (False, True)]
    assert sizes[0] < 2_000
    assert sizes[1] > 100_000


def test_entries_are_streamed_one_at_a_time() -> None:
    opened: list[str] = []
    chunk = bytes(1 << 20)

    def video(name: str) -> Iterator[bytes]:
        opened.append(name)
        for _ in range(16):
            yield chunk

    def entries() -> Iterator[Entry]:
        for k in range(3):
            yield Entry(f"v{k}.mp4", video(f"v{k}"), packed=True)

    tracemalloc.start()
    size = 0
    stream = zip_stream(entries())
    for piece in stream:
        size += len(piece)
        if size < 8 << 20:
            assert opened in ([], ["v0"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert opened == ["v0", "v1", "v2"]
    assert size > 48 << 20
    assert peak < 12 << 20


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a//b", "a/./b", "Anna Muster.mp4", "a\\b", "", ".hidden", "a/"])
def test_only_plain_names_are_allowed(name: str) -> None:
    with pytest.raises(ValueError, match="plain relative path"):
        list(zip_stream([Entry(name, [b""])]))


def test_no_name_is_used_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        list(zip_stream([Entry("a.txt", []), Entry("A.txt", [])]))


def test_history_has_one_line_a_recording() -> None:
    rows = [recorded_set(1, figures(), None), recorded_set(3, None, check_in(note='=1+1, "x"\nnext'))]
    told = list(csv.DictReader(io.StringIO(b"".join(history_csv(rows)).decode())))
    assert list(told[0]) == list(HISTORY_COLUMNS)
    assert [row["recording_id"] for row in told] == ["r003", "r001"]
    assert told[0]["note"] == '\'=1+1, "x"\nnext'
    assert told[0]["hip_flexion_deg"] == ""
    assert told[1]["lumbar_flexion_deg"] == "10.0"
    assert told[1]["pain_before"] == ""


def test_negative_figures_stay_figures() -> None:
    assert b"".join(csv_bytes(("a", "b"), [{"a": -3.5, "b": "-3"}])).decode() == "a,b\n-3.5,'-3\n"
