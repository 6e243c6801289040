"""Results of a recording, its files by sign-in and by signed link, and rescoring."""

from __future__ import annotations

import time
from typing import Any

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import select

from api.db import Analysis, AnalysisState, Recording
from hinge_check import __version__
from tests.api.clinic_fixture import World
from tests.api.factories import COPY, FILES, VIDEO, SampleIds, create_sample_rows


@pytest.fixture
def mine(world: World) -> SampleIds:
    """Provide Carl's recording, analysed."""
    return create_sample_rows(world)


def address(mine: SampleIds, what: str = "") -> str:
    return f"/api/v1/recordings/{mine.recording_id}{what}"


def links(world: World, mine: SampleIds, **query: Any) -> dict[str, str]:
    answer = world.as_(world.carl).get(address(mine, "/links"), params=query)
    assert answer.status_code == 200, answer.text
    return {link["name"]: link["href"] for link in answer.json()["links"]}


def test_the_report_is_returned_as_it_was_written(world: World, mine: SampleIds) -> None:
    carl = world.as_(world.carl)
    answer = carl.get(address(mine, "/report"))
    assert answer.content == FILES["report.json"]
    assert answer.headers["content-type"] == "application/json"

    again = carl.get(address(mine, "/report"), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert carl.get(address(mine, "/report"), headers={"If-None-Match": '"other"'}).status_code == 200
    assert carl.get(address(mine, "/report"), params={"analysis": mine.analysis_id}).status_code == 200
    assert carl.get(address(mine, "/report"), params={"analysis": "0" * 32}).status_code == 404


def test_results_are_absent_before_the_analysis(world: World, mine: SampleIds) -> None:
    with world.db() as db:
        db.get_one(Analysis, mine.analysis_id).state = AnalysisState.ANALYSING
        db.commit()
    carl = world.as_(world.carl)

    for what in ("/report", "/angles", "/annotated.mp4", "/chart.png"):
        answer = carl.get(address(mine, what))
        assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
    assert carl.get(address(mine, "/original")).status_code == 200
    assert set(links(world, mine)) == {"original", "playable", "poster"}


@pytest.mark.parametrize(
    ("what", "blob", "kind"),
    [
        ("/annotated.mp4", "annotated.mp4", "video/mp4"),
        ("/playable", "playable.mp4", "video/mp4"),
        ("/chart.png", "chart.png", "image/png"),
        ("/chapters.vtt", "chapters.vtt", "text/vtt; charset=utf-8"),
        ("/angles.csv", "angles.csv", "text/csv; charset=utf-8"),
        ("/angles", "angles.json", "application/json"),
        ("/reps.csv", "reps.csv", "text/csv; charset=utf-8"),
    ],
)
def test_files_have_their_type_and_content(world: World, mine: SampleIds, what: str, blob: str, kind: str) -> None:
    answer = world.as_(world.ann).get(address(mine, what))

    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, FILES[blob], kind)
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"


SIZE = len(VIDEO)


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-1", 206, 0, 2),  # the first request of iOS
        ("bytes=0-", 206, 0, SIZE),
        ("bytes=100-199", 206, 100, 200),
        ("bytes=-10", 206, SIZE - 10, SIZE),
        ("bytes=0-99999999", 206, 0, SIZE),
        ("bytes=-99999999", 206, 0, SIZE),
        (f"bytes={SIZE - 1}-", 206, SIZE - 1, SIZE),
        # may be ignored, and are
        ("bytes=0-1,5-6", 200, 0, SIZE),
        ("bytes=5-2", 200, 0, SIZE),
        ("bytes=-", 200, 0, SIZE),
        ("lines=1-2", 200, 0, SIZE),
        ("bytes=' OR 1=1", 200, 0, SIZE),
        ("bytes=" + "9" * 400 + "-", 200, 0, SIZE),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_ranges_are_answered(
    world: World, mine: SampleIds, asked: str, status: int, start: int, end: int, method: str
) -> None:
    answer = world.as_(world.carl).request(method, address(mine, "/annotated.mp4"), headers={"Range": asked})

    assert answer.status_code == status
    assert answer.headers["content-length"] == str(end - start)
    assert answer.content == (VIDEO[start:end] if method == "GET" else b"")
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers.get("content-range") == (f"bytes {start}-{end - 1}/{SIZE}" if status == 206 else None)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=99999999-999999999", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(world: World, mine: SampleIds, asked: str) -> None:
    answer = world.as_(world.carl).get(address(mine, "/annotated.mp4"), headers={"Range": asked})

    assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


def test_a_range_of_another_version_gives_the_whole_file(world: World, mine: SampleIds) -> None:
    carl = world.as_(world.carl)
    etag = carl.head(address(mine, "/original")).headers["etag"]

    same = carl.get(address(mine, "/original"), headers={"Range": "bytes=0-1", "If-Range": etag})
    other = carl.get(address(mine, "/original"), headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert carl.get(address(mine, "/original"), headers={"If-None-Match": etag}).status_code == 304


def test_signed_links_need_no_sign_in_and_cover_one_file(world: World, mine: SampleIds) -> None:
    found, nobody = links(world, mine), world.nobody()
    assert len(found) == 9

    for name, href in found.items():
        assert nobody.get(href).status_code == 200, name
    part = nobody.get(found["annotated"], headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.content) == (206, VIDEO[:2])
    assert nobody.head(found["annotated"]).headers["content-length"] == str(SIZE)

    token = found["annotated"].partition("token=")[2]
    for path in (
        f"/api/v1/media/{mine.recording_id}/original?token={token}",
        f"/api/v1/media/{'0' * 32}/annotated?token={token}",
        f"/api/v1/media/{mine.recording_id}/annotated?token={token}&analysis={mine.analysis_id}",
        f"/api/v1/media/{mine.recording_id}/annotated?token={token[:-1]}",
        f"/api/v1/media/{mine.recording_id}/annotated?token={'A' if token[0] != 'A' else 'B'}{token[1:]}",
        f"/api/v1/media/{mine.recording_id}/annotated?token=%00",
    ):
        answer = nobody.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "link_invalid"), path
    assert nobody.get(f"/api/v1/media/{mine.recording_id}/annotated").status_code == 422
    assert nobody.get(f"/api/v1/media/{mine.recording_id}/..%2F..%2Fetc%2Fpasswd?token={token}").status_code in (
        404,
        422,
    )


@pytest.mark.parametrize("by_s", [16 * 60, -3600])
def test_signed_links_expire_whichever_way_the_clock_jumps(
    world: World, mine: SampleIds, monkeypatch: pytest.MonkeyPatch, by_s: int
) -> None:
    href = links(world, mine)["annotated"]
    now = int(time.time())
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now + by_s)  # noqa: ARG005

    answer = world.nobody().get(href)
    assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")


def test_the_playable_video_is_the_original_where_there_is_no_copy(world: World, mine: SampleIds) -> None:
    carl = world.as_(world.carl)
    copy = carl.get(address(mine, "/playable"), headers={"Range": "bytes=0-1"})
    assert (copy.status_code, copy.content) == (206, COPY[:2])
    with world.db() as db:
        recording = db.get_one(Recording, mine.recording_id)
        recording.playable_key, recording.media_type = None, "video/webm"
        db.commit()
    original = carl.get(address(mine, "/playable"))
    assert (original.content, original.headers["content-type"]) == (VIDEO, "video/webm")
    assert original.headers["etag"] != copy.headers["etag"], "a browser would go on with the other one's pieces"
    assert original.headers["etag"] == carl.get(address(mine, "/original")).headers["etag"]


def test_a_link_to_a_removed_recording_shows_nothing(world: World, mine: SampleIds) -> None:
    href = links(world, mine)["original"]
    assert world.as_(world.carl).delete(address(mine)).status_code == 204

    assert world.nobody().get(href).status_code == 404


CHANGED = 'extends = "bodyweight_hinge"\n[limits.lumbar_flexion]\nvalue = 25.0\n'


def test_rescoring_requests_an_analysis_without_the_video(world: World, mine: SampleIds) -> None:
    ann = world.as_(world.ann)
    first = ann.post(address(mine, "/analyses"), json={"text": CHANGED})
    again = ann.post(address(mine, "/analyses"), json={"text": CHANGED})

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    told = first.json()
    assert (told["state"], told["reassess_of"], told["version"]) == ("queued", mine.analysis_id, __version__)
    assert world.app.state.wakeups.waiting() >= 1
    with world.db() as db:
        row = db.get_one(Analysis, told["id"])
        assert "25.0" in row.protocol_text
        row.state, row.report, row.blob_prefix = AnalysisState.DONE, "{}\n", f"analyses/{row.id}/x"
        assert db.get_one(Recording, mine.recording_id).state == "done"
        db.commit()
    world.app.state.store.put_bytes(f"analyses/{told['id']}/x/chart.png", b"another chart")
    carl = world.as_(world.carl)

    assert ann.post(address(mine, "/analyses"), json={"text": CHANGED}).status_code == 200
    assert {row["id"] for row in carl.get(address(mine, "/analyses")).json()} == {told["id"], mine.analysis_id}
    assert carl.get(address(mine, f"/analyses/{told['id']}")).json()["protocol_sha256"] == told["protocol_sha256"]
    # Its own chart; the annotated video is that of the analysis which used the video.
    chosen = {"analysis": told["id"]}
    assert carl.get(address(mine, "/chart.png"), params=chosen).content == b"another chart"
    assert carl.get(address(mine, "/annotated.mp4"), params=chosen).content == VIDEO
    third = ann.post(address(mine, "/analyses"), json={"protocol": "rdl"}).json()
    assert third["reassess_of"] == mine.analysis_id


def test_a_client_cannot_choose_the_limits(world: World, mine: SampleIds) -> None:
    assert world.as_(world.carl).post(address(mine, "/analyses"), json={"protocol": "rdl"}).status_code == 403
    assert world.as_(world.abe).post(address(mine, "/analyses"), json={"protocol": "rdl"}).status_code == 404
    assert (
        world.with_token(world.ann, "read").post(address(mine, "/analyses"), json={"protocol": "rdl"}).status_code
        == 403
    )


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"protocol": "rdl", "text": CHANGED},
        {"protocol": "../../secret"},
        {"text": "limits = 3"},
        {"text": "[" * 60_000},
        {"text": "x = " + "9" * 5000},
        {"text": 'extends = "/etc/passwd"'},
        {"text": 'extends = "../x.toml"'},
        {"text": f'name = "{"n" * 200}"\n' + CHANGED},
        {"text": 'name = "a\\u0000b"\n' + CHANGED},
        {"text": "x" * 70_000},
        {"text": 7},
    ],
    ids=lambda form: str(form)[:30],
)
def test_an_invalid_protocol_is_refused(world: World, mine: SampleIds, form: dict[str, Any]) -> None:
    answer = world.as_(world.ann).post(address(mine, "/analyses"), json=form)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    with world.db() as db:
        assert len(db.scalars(select(Analysis)).all()) == 1


def test_markup_and_sql_in_a_protocol_stay_text(world: World, mine: SampleIds) -> None:
    title = "<script>alert(1)</script>'; DROP TABLE analysis; --"
    answer = world.as_(world.ann).post(address(mine, "/analyses"), json={"text": f'title = "{title}"\n' + CHANGED})

    assert answer.status_code == 202, answer.text
    assert answer.headers["content-type"] == "application/json"
    with world.db() as db:
        assert title in db.get_one(Analysis, answer.json()["id"]).protocol_text


def test_five_megabytes_of_json_are_refused(world: World, mine: SampleIds) -> None:
    answer = world.as_(world.ann).post(address(mine, "/analyses"), json={"text": "x" * 5_000_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
