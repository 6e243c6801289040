"""One video through the whole real stack: sent, analysed by the worker, watched, rescored, removed."""

from __future__ import annotations

import json
import time
from typing import Any

import av
import httpx
import pytest

from api.storage.blob_store import BlobStore
from hinge_check.assess.report import HingeReport
from tests.api.server import Server
from tests.samples import FOLDER, full_model

URL = "/api/v1/recordings"


@pytest.mark.model
@pytest.mark.slow
def test_an_upload_becomes_an_analysis(server: Server) -> None:
    full_model()
    clinician, ann = server.clinician()
    _, carl = server.client_of(clinician)
    video = (FOLDER / "rounded.mp4").read_bytes()

    sent = carl.post(URL, content=video, headers={"Content-Type": "video/mp4"})
    assert sent.status_code == 201, sent.text
    at = f"{URL}/{sent.json()['id']}"
    seen = _follow_events(carl, at)
    assert seen[-1]["state"] == "done"
    assert any(0 < each["progress"] < 1 for each in seen)

    report = HingeReport.model_validate_json(carl.get(f"{at}/report").content)
    assert report.status == "analysed"
    assert report.summary.reps == 1
    links = {link["name"]: link["href"] for link in ann.get(f"{at}/links").json()["links"]}
    nobody = server.nobody()
    for name, href in links.items():
        first = nobody.get(href, headers={"Range": "bytes=0-1"})
        assert (first.status_code, len(first.content)) == (206, 2), name
    angles = carl.get(f"{at}/angles").json()
    assert len(angles["time_s"]) == len(angles["hip_flexion_deg"]) > 60

    # A wider limit: the same measurement, another verdict, and the video is not analysed again.
    text = 'extends = "bodyweight_hinge"\n[limits.lumbar_flexion]\nvalue = 80.0\n'
    again = ann.post(f"{at}/analyses", json={"text": text})
    assert again.status_code == 202, again.text
    analysis = _wait_until_done(ann, f"{at}/analyses/{again.json()['id']}")
    assert analysis["reassess_of"] == sent.json()["analysis_id"]
    other = HingeReport.model_validate_json(ann.get(f"{at}/report").content)
    assert other.summary.lumbar_flexion_deg == report.summary.lumbar_flexion_deg
    assert other.protocol.limits["lumbar_flexion"] == 80.0 != report.protocol.limits["lumbar_flexion"]
    annotated = ann.get(f"{at}/annotated.mp4")
    (path := server.folder / "seen.mp4").write_bytes(annotated.content)
    with av.open(str(path)) as film:
        assert film.streams.video[0].codec_context.name == "h264"

    assert ann.delete(at).status_code == 204
    store = BlobStore(server.settings.store)
    ids = (sent.json()["id"], sent.json()["analysis_id"], again.json()["id"])
    left = [blob.key for place in ("recordings", "analyses", "incoming") for blob in store.list(place)]
    assert not [key for key in left if any(one in key for one in ids)]


def _follow_events(who: httpx.Client, at: str) -> list[dict[str, Any]]:
    seen = []
    with who.stream("GET", f"{at}/events", timeout=120) as events:
        for line in events.iter_lines():
            if line.startswith("data: "):
                seen.append(json.loads(line.removeprefix("data: ")))
    return seen


def _wait_until_done(who: httpx.Client, at: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while True:
        told: dict[str, Any] = who.get(at).json()
        if told["state"] not in ("queued", "analysing") or time.monotonic() > deadline:
            assert told["state"] == "done", told
            return told
        time.sleep(0.2)
