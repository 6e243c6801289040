"""Live coaching in Chromium, whose camera plays a set in a loop: detected, counted, cued, summarised."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect
from sqlalchemy import select

from api.db import LiveSession, Recording
from api.live.frame_codec import MOST_CROP, OUTLINE, PERSON, read_frame
from tests.api.databases import fresh_database
from tests.api.server import ROOT, running_server
from tests.pages.browser import Visit, another, check_page, visit
from tests.pages.live_server import Site
from tests.samples import FOLDER as SAMPLES, full_model

Come = Callable[..., Visit]
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
CUE = "Long back, hips back"
SLOW_MS = 90_000
"""Two shared cores look at three to eight pictures a second."""
STUB = """
window.spoken = [];
window.sockets = [];
window.recorders = [];
Object.defineProperty(window, "speechSynthesis", {value: {
  speak: utterance => window.spoken.push(utterance.text), cancel() {}, getVoices: () => []}});
const Real = WebSocket;
window.WebSocket = class extends Real { constructor(...a) { super(...a); window.sockets.push(this); } };
const RealRecorder = MediaRecorder;
window.MediaRecorder = class extends RealRecorder { constructor(...a) { super(...a); window.recorders.push(this); } };
localStorage.setItem("hinge-live-light", "1");
"""


def film_of(clip: str, made: Path) -> None:
    """Write a clip at half its speed between two stands, as raw frames: what the fake camera plays in a loop."""
    with av.open(str(SAMPLES / f"{clip}.mp4")) as source, av.open(str(made), "w", format="yuv4mpegpipe") as out:
        stream = out.add_stream("rawvideo", rate=15, width=640, height=360, pix_fmt="yuv420p")
        frames = [frame.reformat(640, 360, "yuv420p") for frame in source.decode(video=0)]
        for number, frame in enumerate([frames[0]] * 30 + frames + [frames[-1]] * 15):
            frame.pts, frame.time_base = number, Fraction(1, 15)
            out.mux(stream.encode(frame))


@pytest.fixture(scope="module")
def camera(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Provide a browser whose camera plays `rounded`."""
    full_model()
    film = tmp_path_factory.mktemp("camera") / "camera.y4m"
    film_of("rounded", film)
    with another(browser, *FAKE, f"--use-file-for-fake-video-capture={film}") as found:
        yield found


@dataclass
class Wire:
    """The messages over a page's sockets."""

    sent: list[bytes | str] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    def watch(self, socket: WebSocket) -> None:
        """Listen to one socket."""
        socket.on("framesent", lambda data: self.sent.append(data))
        socket.on("framereceived", lambda data: self.told.append(json.loads(data)))

    def every(self, key: str) -> list[Any]:
        """List one part of the answers that have it."""
        return [told[key] for told in self.told if told.get(key) is not None]


def watch_sockets(made: Visit) -> Wire:
    """Return the wire of a visit; what would be spoken is written down."""
    made.page.add_init_script(STUB)
    wire = Wire()
    made.page.on("websocket", wire.watch)
    return wire


def wait_for_state(page: Page, state: str | re.Pattern[str]) -> None:
    """Wait for a state."""
    expect(page.locator("[data-coach]")).to_have_attribute("data-state", state, timeout=SLOW_MS)


def wait_for_count(page: Page, least: int) -> None:
    """Wait for a number of repetitions."""
    expect(page.locator("[data-count]")).to_have_text(re.compile(f"^([{least}-9]|[1-9][0-9])$"), timeout=SLOW_MS)


def test_a_session_from_start_to_summary_and_its_film(camera: Browser, site: Site) -> None:
    person = site.new_client("Lou Sample")
    made = visit(camera, site.server.url, token=site.token_of(person))
    wire = watch_sockets(made)
    uploads: list[str] = []
    made.page.on("request", lambda asked: uploads.append(asked.url) if "/uploads" in asked.url else None)
    page = made.open("/live")
    wish = page.get_by_role("checkbox", name="Film the first set too")
    expect(wish).not_to_be_checked()
    expect(page.get_by_text("The pictures from your camera never leave this device.")).to_be_visible()

    # Without a request nothing is filmed.
    start = page.get_by_role("button", name="Start")
    start.click()
    wait_for_state(page, re.compile("stand|go"))
    assert page.evaluate("window.recorders.length") == 0
    page.get_by_role("button", name="Leave").click()

    wish.check()
    expect(page.get_by_text("The pictures from your camera never leave this device.")).to_be_hidden()
    expect(page.get_by_text("The film of your set stays on this device until you press")).to_be_visible()
    check_page(page, "live-ready")
    start.click()
    wait_for_state(page, "go")
    wait_for_count(page, 1)
    expect(page.locator("[data-caption]")).to_have_text(CUE, timeout=SLOW_MS)
    filming = page.get_by_text(re.compile(r"^Filming, \d+ s$"))
    expect(filming).to_be_visible()
    check_page(page, "live-go")
    wait_for_count(page, 2)
    reps = int(page.locator("[data-count]").inner_text())
    page.evaluate("window.sockets.at(-1).close()")  # the connection is lost
    away = page.get_by_text("Reconnecting. Your count is kept.")
    expect(away).to_be_visible()
    expect(away).to_be_hidden()
    assert wire.every("began")[-1]["resumed"]
    expect(page.locator("[data-count]")).to_have_text(str(reps))
    expect(filming).to_be_visible()  # which does not depend on the connection
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-instruction]")).to_have_text("Paused.")
    expect(filming).to_be_hidden()  # a set is filmed, and the set is over
    page.get_by_role("button", name="Go on").click()
    wait_for_state(page, "go")
    page.keyboard.press("f")
    page.get_by_role("heading", name="Your session").wait_for()
    film = page.get_by_role("region", name="The film of your first set")
    page.locator("[data-film-player]").evaluate("video => video.play()")
    page.wait_for_function("() => document.querySelector('[data-film-player]').currentTime > 0.2")
    assert page.locator("[data-film-player]").evaluate("video => (video.pause(), video.videoWidth)") == 640
    check_page(page, "live-summary")
    finished = wire.every("finished")[-1]
    assert finished["summary"]["reps"] >= reps
    # Of several that one slow picture completes, an answer reports the last.
    assert wire.every("rep")[-1]["total"] == finished["summary"]["reps"]
    expect(page.locator("[data-summary-count]")).to_contain_text(f"{finished['summary']['reps']} repetition")
    assert finished["summary"]["change"]["code"] in finished["summary"]["fault_reps"]
    expect(page.locator(".moment-figure").first).to_be_visible()

    # Spoken once each, in their order, and nothing else.
    says = wire.every("say")
    assert page.evaluate("window.spoken") == [say["text"] for say in says]
    cues = [say["code"] for say in says if say["kind"] == "cue"]
    assert "lumbar_flexion" in cues
    assert len(cues) <= finished["summary"]["reps"]

    # Saved as numbers, discarded at a press.
    with site.server.sessions() as db:
        kept = db.scalars(select(LiveSession).where(LiveSession.client_id == person.id)).one()
        assert (kept.id, kept.reps) == (finished["saved"], finished["summary"]["reps"])
    page.get_by_role("button", name="Discard the figures").click()
    expect(page.get_by_text("Discarded. Nothing was kept.")).to_be_visible()
    with site.server.sessions() as db:
        assert db.scalars(select(LiveSession).where(LiveSession.client_id == person.id)).all() == []
    _no_picture_was_sent(wire)

    # The film has not left the device yet; at a press it is uploaded like every other.
    assert page.evaluate("window.recorders.map(each => each.state)") == ["inactive"] * page.evaluate(
        "window.recorders.length"
    )
    assert uploads == []
    with site.nothing_analysed():
        film.get_by_role("button", name="Send the video").click()
        page.wait_for_url(re.compile("/recordings/[0-9a-f]{32}$"))
        expect(page.locator("[data-waiting]")).to_be_visible()
        with site.server.sessions() as db:
            sent = db.scalars(select(Recording).where(Recording.client_id == person.id)).one()
            assert page.url.endswith(sent.id)
            assert (sent.protocol, sent.plan_id) == ("bodyweight_hinge", None)
            assert sent.probe is not None
            assert (sent.probe["width"], sent.probe["height"]) == (640, 360)
            assert 8 * reps - 6 < sent.probe["duration_s"] < 180
        assert uploads
        made.close()


def _no_picture_was_sent(wire: Wire) -> None:
    frames = [data for data in wire.sent if isinstance(data, bytes)]
    assert frames
    outlined = 0
    for data in frames:
        assert len(data) < 8 * 1024
        read_frame(data, (640, 360))  # only the fields of a frame
        if data[1] & PERSON and data[1] & OUTLINE:
            outlined += 1
            at = 16 + 33 * 7 + 33 * 6
            width, height = (int(n) for n in np.frombuffer(data, "<u2", 2, at + 16))
            assert max(width, height) <= MOST_CROP
            runs = np.frombuffer(data, np.uint8, offset=at + 20)
            grey = np.repeat(runs[::2], runs[1::2])
            # An outline: flat inside and outside, with a narrow soft edge between.
            assert np.isin(grey, (0, 255)).mean() > 0.8
    assert outlined > len(frames) / 2
    assert all(len(data) < 64 * 1024 for data in wire.sent if isinstance(data, str))


def test_without_an_account_and_through_a_restart(camera: Browser, tmp_path: Path) -> None:
    with (
        fresh_database(tmp_path) as url,
        running_server(tmp_path, with_worker=False, HINGE_DATABASE_URL=url, HINGE_OPEN_LIVE="1") as server,
    ):
        made = visit(camera, server.url, language="de")
        wire = watch_sockets(made)
        page = made.open("/live")
        page.get_by_role("button", name="Beginnen").click()
        wait_for_count(page, 1)
        reps = int(page.locator("[data-count]").inner_text())
        server.api.send_signal(signal.SIGKILL)
        server.api.wait()
        expect(page.get_by_text("Die Verbindung wird wiederhergestellt.")).to_be_visible()
        port = str(urlsplit(server.url).port)
        again = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "uvicorn",
                "--factory",
                "api.app:create_app",
                "--port",
                port,
                "--log-level",
                "error",
            ],
            cwd=ROOT,
            env=server.environment,
        )
        try:
            expect(page.get_by_text("Die Verbindung wird wiederhergestellt.")).to_be_hidden(timeout=SLOW_MS)
            assert wire.every("began")[-1]["resumed"]
            expect(page.locator("[data-count]")).to_have_text(re.compile(f"^([{reps}-9]|[1-9][0-9])$"))
            wait_for_count(page, reps + 1)
            page.get_by_role("button", name="Fertig").click()
            page.get_by_role("heading", name="Ihre Einheit").wait_for()
            expect(page.get_by_text("Es wurde nichts aufbewahrt.")).to_be_visible()
            # A guest is never asked whether to film.
            expect(page.get_by_role("checkbox", include_hidden=True)).to_have_count(0)
            assert page.evaluate("window.recorders.length") == 0
        finally:
            made.expected = ("WebSocket connection to", "ERR_CONNECTION_REFUSED")
            made.close()
            again.terminate()
            again.wait()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))",
            "The camera is not allowed for this page yet.",
        ),
        ("delete window.WebAssembly", "Live coaching does not run on this device."),
        ("Object.defineProperty(window, 'isSecureContext', {value: false})", "only on a secure connection"),
    ],
)
def test_what_is_missing_is_reported_calmly(come: Come, site: Site, script: str, words: str) -> None:
    made = come(site.alex)
    made.page.add_init_script(script)
    page = made.open("/live")
    if "getUserMedia" in script:
        page.get_by_role("button", name="Start").click()
    expect(page.get_by_text(words)).to_be_visible()


def test_a_stranger_signs_in_first(come: Come, site: Site) -> None:
    assert site.server.nobody().get("/live").headers["location"] == "/sign-in?next=/live"
    page = come(site.dana).open("/live")
    expect(page.get_by_role("radio")).to_have_count(8)


FILMED = """async () => {
  const { createSetRecorder } = await import("hinge/live/recorder.js");
  const canvas = document.createElement("canvas");
  const paint = setInterval(() => canvas.getContext("2d").fillRect(0, 0, performance.now() % 300, 9), 30);
  const clock = [];
  const made = createSetRecorder((seconds) => clock.push(seconds));
  const follow = (...states) => states.forEach(([state, total, set]) => made.follow({ state, total, set }));
  const found = { count: () => window.recorders.length };
  follow(["stand", 0, 1], ["go", 0, 1]);
  found.unasked = [window.recorders.length, made.finish()];
  made.arm(canvas.captureStream());
  follow(["looking", 0, 1], ["placing", 0, 1]);
  found.before = window.recorders.length;
  follow(["stand", 0, 1], ["stand", 0, 1], ["go", 0, 1], ["placing", 0, 1], ["stand", 0, 1], ["go", 0, 1]);
  found.stood = window.recorders.map((each) => each.state);
  follow(["go", 1, 1], ["stand", 1, 1], ["looking", 0, 1], ["stand", 0, 1], ["go", 2, 1]);
  found.counted = window.recorders.map((each) => each.state);
  await new Promise((done) => window.recorders[1].addEventListener("dataavailable", done, { once: true }));
  follow(["rest", 2, 1], ["go", 2, 2], ["stand", 0, 1], ["go", 3, 2]);
  found.rested = window.recorders.map((each) => each.state);
  found.clock = [clock.includes(0), clock.at(-1)];
  const taken = await made.finish();
  found.taken = [taken.film.size > 0, taken.film.type.split("/")[0], taken.lost];
  made.arm(canvas.captureStream());
  follow(["go", 0, 1]);
  found.late = window.recorders.map((each) => each.state);
  made.discard();
  found.dropped = [window.recorders.map((each) => each.state), made.finish()];
  clearInterval(paint);
  return found;
}"""
OFFERED = """async ([size, most]) => {
  const { FilmUpload } = await import("hinge/live/film-upload.js");
  const root = document.querySelector("[data-live]");
  if (most) root.dataset.mostBytes = most;
  const { loadTranslations } = await import("hinge/translations.js");
  const views = [...root.querySelectorAll("[data-view]")];
  const show = (view) => views.forEach((each) => (each.hidden = each.dataset.view !== view));
  show("summary");
  window.revoked = [];
  URL.revokeObjectURL = (address) => window.revoked.push(address);
  window.sending ??= new FilmUpload(root, await loadTranslations("shell", "live", "record"), show);
  const film = new Blob([new Uint8Array(size)], { type: "video/webm" });
  window.sending.offer(size ? { film, seconds: 3, lost: false } : null, { plan: "", protocol: "rdl" });
}"""


def test_one_whole_set_is_filmed_and_only_on_request(come: Come, site: Site) -> None:
    made = come(site.alex)
    made.page.add_init_script(STUB)
    page = made.open("/live")
    found = page.evaluate(FILMED)
    assert found["unasked"] == [0, None]
    assert found["before"] == 0
    assert found["stood"] == ["inactive", "recording"]  # again with each stand before the first repetition
    assert found["counted"] == ["inactive", "recording"]  # and then no more, whatever happens to the connection
    assert found["rested"] == ["inactive", "inactive"]
    assert found["clock"] == [True, None]
    assert found["taken"] == [True, "video", False]
    assert found["late"] == ["inactive", "inactive", "recording"]
    assert found["dropped"] == [["inactive"] * 3, None]

    # What cannot be sent is not offered; what is discarded is released.
    card = page.get_by_role("region", name="The film of your first set")
    page.evaluate(OFFERED, [0, ""])
    expect(card).to_contain_text("There is no film this time")
    expect(card.get_by_role("button")).to_have_count(0)
    page.evaluate(OFFERED, [11, "10"])
    expect(card).to_contain_text("MB can be sent")
    expect(card.get_by_role("button")).to_have_count(0)
    page.evaluate(OFFERED, [9, ""])
    expect(card.get_by_text("This browser cannot play it")).to_be_visible()  # it is no film
    address = page.locator("[data-film-player]").get_attribute("src")
    card.get_by_role("button", name="Discard the video").click()
    expect(card.get_by_text("The video is discarded. It was not sent.")).to_be_visible()
    expect(card.get_by_role("button")).to_have_count(0)
    assert page.evaluate("window.revoked") == [address]
    assert page.locator("[data-film-player]").get_attribute("src") is None

    # Sent, it is handled like every video: progress is shown, and it is refused in the same words.
    page.evaluate(OFFERED, [9, "10"])
    page.context.set_offline(True)
    made.expected = ("ERR_INTERNET_DISCONNECTED", "the server responded with a status of 422")
    card.get_by_role("button", name="Send the video").click()
    expect(page.get_by_text("No connection just now. It goes on by itself").first).to_be_visible()
    check_page(page, "live-sending")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="This video cannot be used yet")).to_be_visible()
    expect(page.get_by_role("link", name="Film again")).to_be_visible()
    check_page(page, "live-refused")


@pytest.mark.parametrize("whose", ["unfit", "unasked", "clinician"])
def test_who_is_not_asked_about_filming(come: Come, site: Site, whose: str) -> None:
    person = {"unfit": site.alex, "unasked": site.robin, "clinician": site.dana}[whose]
    made = come(person)
    if whose == "unfit":
        made.page.add_init_script("delete window.MediaRecorder")
    page = made.open("/live")
    expect(page.locator("[data-live][data-at=ready]" if whose != "unasked" else "h1")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(0)
    if whose == "unfit":
        expect(page.get_by_role("button", name="Start")).to_be_visible()
