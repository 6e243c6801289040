"""History, exports, erasure and the audit trail."""

from __future__ import annotations

import csv
import io
import json
import os
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import String, Text, cast, select
from typer.testing import CliRunner

from api.db import (
    Analysis,
    AuditEntry,
    Base,
    CheckInRow,
    Client,
    Recording,
    new_id,
)
from api.recordings.export import entries
from hinge_check.assess.protocol import load_protocol
from hinge_check.cli import app as command_line
from hinge_check.clinic.export import zip_stream
from hinge_check.clinic.metrics import metrics_json
from hinge_check.results import report_json
from tests.api.clinic_fixture import World
from tests.api.factories import FILES, PROBE, VIDEO, SampleIds, create_sample_rows
from tests.api.rows import analysis_row, recording_row
from tests.fakes import fake_report

NAME = "bodyweight_hinge"


def home(world: World) -> str:
    return f"/api/v1/clients/{world.carl.id}"


def publish_review(world: World, things: SampleIds) -> None:
    """Publish Ann's review."""
    ann, address = world.as_(world.ann), f"/api/v1/recordings/{things.recording_id}/reviews/{things.review_id}"
    draft = {"summary": "Good set.", "verdict": "hold", "corrections": [{"kind": "side", "side": "left"}]}
    ann.put(address, json=draft, headers={"If-Match": '"1"'})
    assert ann.post(f"{address}/publication", headers={"If-Match": '"2"'}).status_code == 200


def add_recordings(world: World, number: int) -> None:
    """Add recordings of Carl's, one a day, with figures and check-ins."""
    report = report_json(fake_report())
    figures, text, start = metrics_json(report), load_protocol(NAME).text, world.app.state.clock()
    rows: list[Any] = []
    for day in range(number):
        now, recording_id = start + timedelta(days=day), new_id()
        original = f"recordings/{recording_id}/original.mp4"
        recording = recording_row(
            world.carl, now, id=recording_id, protocol=NAME, probe=PROBE, original_key=original, original_bytes=1
        )
        rows.append(recording)
        for again in range(2):  # rescored once
            rows.append(
                analysis_row(
                    recording,
                    protocol_sha256=str(again) * 64,
                    protocol_text=text,
                    blob_prefix=f"analyses/{recording_id}/{again}",
                    report=report,
                    figures=figures,
                )
            )
        rows.append(
            CheckInRow(
                id=new_id(),
                client_id=world.carl.id,
                recording_id=recording_id,
                step=NAME,
                pain_before=2,
                pain_worst=3,
                note="",
                clinic_id=world.carl.clinic_id,
                created_at=now,
                updated_at=now,
            )
        )
    with world.db() as db:
        for table in (Recording, Analysis, CheckInRow):
            db.add_all(row for row in rows if isinstance(row, table))
            db.flush()
        db.commit()
    world.app.state.clock.move(days=number)


def test_the_history_holds_measurements_and_check_ins(world: World) -> None:
    add_recordings(world, 3)
    told = world.as_(world.carl).get(f"{home(world)}/history").json()
    series = {each["metric"]: each["points"] for each in told["series"]}
    assert [point["value"] for point in series["hip_share"]] == [0.921, 0.921, 0.921]
    assert [point["value"] for point in series["pain_before"]] == [2.0, 2.0, 2.0]
    assert all(change["real"] in (False, None) for point in series["lumbar_deg"] for change in point["changes"])
    assert "smallest detectable" in told["about"]


@pytest.mark.parametrize("address", ["history", "export", "readiness"])
def test_two_hundred_recordings_are_listed_quickly(world: World, address: str) -> None:
    add_recordings(world, 200)
    ann = world.as_(world.ann)
    ann.get(f"{home(world)}/{address}")  # a process that has just begun has much to load
    # On a shared machine the wall clock counts the load of others; there this process's own time is held to the figure.
    clock = time.perf_counter if os.environ.get("LOAD") == "full" else time.process_time
    seconds = []
    for _ in range(40):
        began = clock()
        answer = ann.get(f"{home(world)}/{address}")
        seconds.append(clock() - began)
        assert answer.status_code == 200
    if address != "readiness":
        body = answer.json()
        count = len(body["series"][0]["points"]) if address == "history" else len(body["recordings"])
        assert count == 200
    p95 = sorted(seconds)[int(0.95 * len(seconds)) - 1]
    assert p95 < 0.1, f"{address}: {p95 * 1000:.0f} ms"


def test_figures_older_than_their_columns_are_read_from_the_report(world: World) -> None:
    add_recordings(world, 1)
    with world.db() as db:
        for row in db.scalars(select(Analysis)):
            row.figures = None
        db.commit()
    told = world.as_(world.carl).get(f"{home(world)}/history").json()
    assert len(told["series"][0]["points"]) == 1


def test_the_archive_is_complete_and_opens(world: World) -> None:
    things = create_sample_rows(world)
    publish_review(world, things)
    carl = world.as_(world.carl)
    carl.put(f"/api/v1/recordings/{things.recording_id}/checkin", json={"pain_worst": 3, "note": "=1+1"})
    answer = carl.get(f"{home(world)}/export.zip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        (folder,) = {name.rsplit("/", 1)[0] for name in names if name.startswith("recordings/")}
        assert set(names) == {
            *("README.txt", "person.json", "history.csv", "fhir.json"),
            *(
                f"{folder}/{name}"
                for name in ("original.mp4", "playable.mp4", "annotated.mp4", "report.json", "reps.csv")
            ),
            *(f"{folder}/{name}" for name in ("angles.csv", "chart.png", "report.pdf")),
        }
        assert archive.read(f"{folder}/original.mp4") == VIDEO
        assert archive.read(f"{folder}/report.json") == FILES["report.json"]
        assert archive.read(f"{folder}/report.pdf").startswith(b"%PDF")
        person = json.loads(archive.read("person.json"))
        assert person["client"]["name"] == "Carl"
        assert [each["summary"] for each in person["reviews"]] == ["Good set."]
        assert len(person["consents"]) == 3
        assert person["health_questions"]
        assert person["plans"]
        assert set(person["wordings"]) == {
            each["wording_sha256"] for each in (*person["consents"], *person["health_questions"])
        }
        lines = list(csv.DictReader(io.StringIO(archive.read("history.csv").decode())))
        assert any(line["note"] == "'=1+1" for line in lines)
        bundle = json.loads(archive.read("fhir.json"))
        assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")


def test_a_clinician_s_archive_holds_only_what_is_shown_to_them(world: World) -> None:
    create_sample_rows(world)
    ann, carl = world.as_(world.ann), world.as_(world.carl)
    carl.delete(f"{home(world)}/consents/show_to_clinician")
    with ZipFile(io.BytesIO(ann.get(f"{home(world)}/export.zip").content)) as archive:
        assert not any(name.endswith(".mp4") for name in archive.namelist())
        assert any(name.endswith("report.json") for name in archive.namelist())
    assert ann.get(f"{home(world)}/export").json()["pictures"] is False
    assert '"Media"' not in ann.get(f"{home(world)}/fhir").text
    assert '"Media"' in carl.get(f"{home(world)}/fhir").text


def test_a_client_s_archive_has_no_drafts(world: World) -> None:
    create_sample_rows(world)
    for person, number in ((world.carl, 0), (world.ann, 1)):
        with ZipFile(io.BytesIO(world.as_(person).get(f"{home(world)}/export.zip").content)) as archive:
            assert len(json.loads(archive.read("person.json"))["reviews"]) == number


def test_an_archive_is_streamed(world: World) -> None:
    things = create_sample_rows(world)
    store, size = world.app.state.store, 60_000_000
    store.put_bytes(f"recordings/{things.recording_id}/original.mp4", b"\0" * size)
    pieces: Iterator[bytes] = zip_stream(
        entries(world.app.state.sessions, store, world.carl.id, world.app.state.clock(), pictures=True, drafts=False)
    )
    next(pieces)
    tracemalloc.start()
    total = sum(len(piece) for piece in pieces)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > size
    assert peak < size / 6, f"{peak / 1e6:.0f} MB at once"


def test_the_printed_report(world: World) -> None:
    things = create_sample_rows(world)
    publish_review(world, things)
    answer = world.as_(world.carl).get(f"/api/v1/recordings/{things.recording_id}/report.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["cache-control"] == "no-store"


def test_nothing_is_left_of_an_erased_client(world: World) -> None:
    things = create_sample_rows(world)
    publish_review(world, things)
    carl, ann = world.as_(world.carl), world.as_(world.ann)
    carl.put(f"/api/v1/recordings/{things.recording_id}/checkin", json={"note": "a word of Carl's"})
    carl.get(f"/api/v1/recordings/{things.recording_id}/original")
    ann.get(f"{home(world)}/history")
    ann.post(f"{home(world)}/links")
    ann.post(f"{home(world)}/plans", json={"step": "bow", "sets": 1, "reps": 1, "days_per_week": 1})
    store = world.app.state.store
    store.put_bytes(f"uploads/{things.upload_id}/piece", b"half a video")
    store.put_bytes(f"analyses/{things.analysis_id}/second/report.json", b"{}")
    theirs = rows_of_client(world)
    assert len(theirs) > 10
    assert find_leftovers(world, theirs)  # the search can find something

    assert ann.delete(home(world)).status_code == 204
    assert find_leftovers(world, {*theirs, "Carl", "carl@example.org", "a word of Carl's", "Good set."}) == []
    assert store.list("recordings") == store.list("analyses") == store.list("uploads") == []
    assert carl.get("/api/v1/me").status_code == 401
    assert ann.get(home(world)).status_code == 404
    trail = ann.get("/api/v1/audit", params={"what": "erased"}).json()["items"]
    assert [each["who_id"] for each in trail] == [world.ann.id]
    looks = ann.get("/api/v1/audit", params={"client_id": trail[0]["client_id"]}).json()["items"]
    assert {"saw", "published", "erased"} <= {each["what"] for each in looks}  # the entries still belong together


def rows_of_client(world: World) -> set[str]:
    """Return the id of every row that is the client's."""
    with world.db() as db:
        found = {world.carl.id}
        for table in Base.metadata.sorted_tables:
            names = set(table.columns.keys())
            if "client_id" in names and table.name != "audit":
                found |= set(db.scalars(select(table.c.id).where(table.c.client_id == world.carl.id)))
        for table in Base.metadata.sorted_tables:
            if "recording_id" in table.columns and "id" in table.columns:
                found |= set(db.scalars(select(table.c.id).where(table.c.recording_id.in_(found))))
    return found


def find_leftovers(world: World, words: set[str]) -> list[str]:
    """Return where in the database or the store any of the words occurs."""
    found = []
    with world.db() as db:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if not isinstance(column.type, String) and column.type.__class__.__name__ != "JSON":
                    continue
                for value in db.scalars(select(cast(column, Text)).where(column.is_not(None))):
                    found += [f"{table.name}.{column.name}" for word in words if word in str(value)]
    root = world.settings.data / "store"
    for path in root.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        found += [str(path) for word in words if word in str(path.relative_to(root)) or word.encode() in data]
    return found


def test_an_opened_link_is_logged_with_the_person_it_was_made_for(world: World) -> None:
    things = create_sample_rows(world)
    ann = world.as_(world.ann)
    links = {
        each["name"]: each["href"]
        for each in ann.get(f"/api/v1/recordings/{things.recording_id}/links").json()["links"]
    }

    def trail() -> list[tuple[str, str, str, str]]:
        told = ann.get("/api/v1/audit", params={"client_id": world.carl.id}).json()["items"]
        return sorted((each["who_kind"], each["who_id"], each["what"], each["object_kind"]) for each in told)

    made = ("clinician", world.ann.id, "saw", "links")
    assert trail() == [made]
    for _ in range(3):  # as a player does
        assert world.nobody().get(links["original"], headers={"Range": "bytes=0-1"}).status_code == 206
    opened = ("link", world.ann.id, "saw", "media")
    assert trail() == [made, opened]
    assert world.nobody().get(links["chart"]).status_code == 200
    assert trail() == [made, ("link", world.ann.id, "saw", "figures"), opened]
    passed_on = links["original"].replace(world.ann.id, world.abe.id)
    assert world.nobody().get(passed_on).status_code == 404, "a link says whom it was made for, and that is signed"


def test_the_trail_records_who_and_what_but_no_content(world: World) -> None:
    things = create_sample_rows(world)
    ann, carl = world.as_(world.ann), world.as_(world.carl)
    for _ in range(3):
        ann.get(f"/api/v1/recordings/{things.recording_id}/report")
    carl.get(f"/api/v1/recordings/{things.recording_id}/original")
    carl.put(f"/api/v1/recordings/{things.recording_id}/checkin", json={"pain_worst": 7, "note": "ouch"})
    world.with_token(world.ann, "read").get(f"{home(world)}/history")
    told = ann.get("/api/v1/audit", params={"client_id": world.carl.id}).json()["items"]
    seen = [(each["who_kind"], each["what"], each["object_kind"]) for each in reversed(told)]
    assert sorted(seen) == sorted(
        [
            ("clinician", "saw", "report"),
            ("client", "saw", "media"),
            ("client", "created", "checkin"),
            ("program", "saw", "history"),
        ]
    )
    assert all(each["request_id"] for each in told)
    with world.db() as db:
        columns = {column.name for column in AuditEntry.__table__.columns}
        assert columns == {
            *("id", "clinic_id", "created_at", "who_kind", "who_id", "what", "object_kind", "object_id"),
            *("client_id", "request_id"),
        }
        assert "ouch" not in str([row.__dict__ for row in db.scalars(select(AuditEntry))])
    assert world.as_(world.bo).get("/api/v1/audit", params={"client_id": world.carl.id}).json()["items"] == []
    world.app.state.clock.move(minutes=11)
    ann.get(f"/api/v1/recordings/{things.recording_id}/report")
    assert len(ann.get("/api/v1/audit", params={"client_id": world.carl.id}).json()["items"]) == len(told) + 1


def test_retention_runs_from_the_command_line(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    things = create_sample_rows(world)
    with world.db() as db:
        row = db.get_one(Recording, things.recording_id)
        row.created_at = row.created_at - timedelta(days=4000)
        db.commit()
    world.as_(world.carl).delete(f"{home(world)}/consents/keep_beyond_30_days")
    for name, value in (("DATA", tmp_path / "data"), ("SECRET", world.settings.key)):
        monkeypatch.setenv(f"HINGE_{name}", str(value))
    monkeypatch.setenv("HINGE_DATABASE_URL", world.settings.database)
    for arguments, said in (
        (["--dry-run"], "1 videos would be deleted"),
        ([], "1 videos deleted"),
        ([], "0 videos deleted"),
    ):
        done = CliRunner().invoke(command_line, ["retention", "run", *arguments])
        assert done.exit_code == 0, done.output
        assert done.output.splitlines()[-1] == said
        if arguments:
            assert world.app.state.store.list("recordings") != []
    assert world.app.state.store.list("recordings") == []
    with world.db() as db:
        assert db.get(Client, world.carl.id) is not None
