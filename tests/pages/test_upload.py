"""Upload of a video: chosen, sent, interrupted, resumed, refused; with scripts and without."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from playwright.sync_api import Page, Route, expect

from api.auth.sign_in_sessions import SESSION_COOKIE
from api.core.clock import utc_now
from api.core.problems import Problem, ServiceCode
from api.db import Plan, Recording, new_id
from api.pages.record.multipart_video import VideoForm
from tests.clips import write_clip
from tests.pages.browser import Visit, check_page
from tests.pages.live_server import Site
from tests.samples import FOLDER as SAMPLES

Come = Callable[..., Visit]
RECORDING = re.compile(r"/recordings/([0-9a-f]{32})(/waiting)?$")
SLOW_BYTES_S = 60_000
"""A poor line: half a minute would be needed for the clip."""


@pytest.fixture(scope="module", autouse=True)
def no_analyses(site: Site) -> Iterator[None]:
    with site.nothing_analysed():
        yield


def choose(page: Page, clip: Path) -> None:
    """Choose a clip and send it."""
    page.get_by_label("Choose a video").set_input_files(clip)
    page.get_by_role("heading", name="Take a look at it").wait_for()
    page.get_by_role("button", name="Send this video").click()


def write_fresh_clip(folder: Path, extra: int) -> Path:
    """Write a small video of nobody; `extra` bytes at its end make it another one to the service."""
    made = write_clip(folder / f"{extra}.mp4", n=30)
    with made.open("ab") as end:
        end.write((8 + extra).to_bytes(4, "big") + b"free" + bytes(extra))
    return made


def kept_uploads(page: Page, owner: str) -> list[str]:
    """Return the ids of what is stored on this device for a person."""
    found: list[str] = page.evaluate(
        "async owner => (await (await import('hinge/upload/store.js')).listPending(owner)).map(each => each.id)", owner
    )
    return found


class Line:
    """The connection of one page."""

    def __init__(self, page: Page) -> None:
        self._network = page.context.new_cdp_session(page)

    def set_speed(self, bytes_s: int) -> None:
        """Set the upload speed; 0 for offline, -1 for unlimited."""
        conditions = {
            "offline": bytes_s == 0,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": bytes_s or -1,
        }
        self._network.send("Network.enable")
        self._network.send("Network.emulateNetworkConditions", conditions)


def test_a_video_is_chosen_sent_and_analysed(come: Come, site: Site) -> None:
    sam = site.new_client()
    visit = come(sam)
    page = visit.open("/record")
    check_page(page, "record")
    page.get_by_label("Choose a video").set_input_files(SAMPLES / "rounded.mp4")
    page.get_by_role("heading", name="Take a look at it").wait_for()
    expect(page.locator("[data-review]")).to_have_js_property("readyState", 4)
    check_page(page, "record-review")
    page.get_by_role("button", name="Send this video").click()
    page.get_by_role("heading", name="Your video has arrived").wait_for()
    page.get_by_text("Pain before and after").click()
    for legend, value in (
        ("The worst pain", "3"),
        ("How hard", "4"),
        ("Pain just before", "1"),
        ("Pain right after", "2"),
    ):
        page.get_by_role("group", name=legend).get_by_role("radio", name=value, exact=True).check()
    expect(page.get_by_text("Saved.")).to_be_visible()
    check_page(page, "record-sent")
    page.get_by_role("button", name="Done").click()
    page.wait_for_url(RECORDING)
    found = RECORDING.search(page.url)
    assert found is not None
    told = site.http(sam).get(f"/api/v1/recordings/{found[1]}/checkin").json()
    assert {"pain_before": 1, "pain_worst": 3, "pain_after": 2, "rpe": 4.0}.items() <= told.items()
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 1


def test_an_upload_resumes_after_a_lost_connection(come: Come, site: Site, tmp_path: Path) -> None:
    sam = site.new_client()
    visit = come(sam)
    visit.expected = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED")
    page = visit.open("/record")
    line = Line(page)
    line.set_speed(SLOW_BYTES_S)
    choose(page, clip := write_fresh_clip(tmp_path, 600_000))
    words = page.locator(".upload-words")
    expect(words).to_have_text(re.compile(r"^[\d.]+ of 0\.6 MB sent, [1-9]\d* %\.$"))
    page.get_by_role("group", name="The worst pain").get_by_role("radio", name="2", exact=True).check()
    expect(page.get_by_text("Saved on this device; it will be sent with the video.")).to_be_visible()
    check_page(page, "record-sending")
    line.set_speed(0)
    expect(words).to_have_text(re.compile("No connection just now. It goes on by itself"))
    check_page(page, "record-no-line")
    line.set_speed(-1)
    page.get_by_role("heading", name="Your video has arrived").wait_for()
    expect(page.get_by_text("Saved.")).to_be_visible()
    sent = site.http(sam).get("/api/v1/recordings").json()["items"]
    assert [each["bytes"] for each in sent] == [clip.stat().st_size]
    assert site.http(sam).get(f"/api/v1/recordings/{sent[0]['id']}/checkin").json()["pain_worst"] == 2


def test_an_upload_resumes_after_the_page_was_closed(come: Come, site: Site, tmp_path: Path) -> None:
    sam, robin = site.new_client(), site.new_client("Robin Sample")
    visit = come(sam)
    visit.expected = ("409",)  # bytes of the closed page may still arrive
    page = visit.open("/record")
    line = Line(page)
    line.set_speed(SLOW_BYTES_S)
    choose(page, write_fresh_clip(tmp_path, 600_001))
    expect(page.locator(".upload-words")).to_have_text(re.compile(r"sent, [1-9]\d* %\.$"))
    page.get_by_role("group", name="How hard").get_by_role("radio", name="7", exact=True).check()
    expect(page.locator("[data-checkin-kept]")).to_have_text(re.compile("Saved on this device"))
    page.close()

    # Another person on the same phone sees nothing of it.
    visit.context.clear_cookies()
    visit.context.add_cookies([{"name": SESSION_COOKIE, "value": site.token_of(robin), "url": site.server.url}])
    visit.page = visit.context.new_page()
    visit.open("/record")
    expect(visit.page.get_by_role("button", name="Film here")).to_be_visible()
    assert visit.page.locator("[data-pending] section").count() == 0
    assert len(kept_uploads(visit.page, robin.id)) == 0
    assert len(kept_uploads(visit.page, sam.id)) == 1

    visit.context.clear_cookies()
    visit.context.add_cookies([{"name": SESSION_COOKIE, "value": site.token_of(sam), "url": site.server.url}])
    line = Line(visit.page)
    line.set_speed(SLOW_BYTES_S)
    page = visit.open("/")
    page.get_by_role("heading", name="is not fully sent yet").wait_for()
    check_page(page, "record-pending")
    line.set_speed(-1)
    page.get_by_role("heading", name=re.compile("Your video of .* has arrived")).wait_for()
    page.get_by_role("link", name="Look at it").click()
    page.wait_for_url(RECORDING)
    (sent,) = site.http(sam).get("/api/v1/recordings").json()["items"]
    assert site.http(sam).get(f"/api/v1/recordings/{sent['id']}/checkin").json()["rpe"] == 7
    page.goto("/record")
    expect(page.get_by_role("button", name="Film here")).to_be_visible()
    assert kept_uploads(page, sam.id) == []


def test_the_same_video_is_the_same_recording(come: Come, site: Site, tmp_path: Path) -> None:
    sam = site.new_client()
    clip = write_fresh_clip(tmp_path, 7)
    first = site.send(sam, clip)
    with site.server.sessions.begin() as db:
        db.get_one(Recording, first).created_at -= timedelta(minutes=1)
    page = come(sam).open("/record")
    choose(page, clip)
    expect(page.locator(".upload-words")).to_have_text(re.compile("You have sent us this very video before."))
    page.get_by_role("link", name="See how far it is").click()
    page.wait_for_url(f"**/recordings/{first}*")


def test_a_video_that_cannot_be_used_is_refused_at_once(come: Come, site: Site, tmp_path: Path) -> None:
    letter = tmp_path / "letter.mp4"
    letter.write_text("this is a letter, not a video\n" * 50)
    visit = come(site.new_client())
    visit.expected = ("422",)
    page = visit.open("/record")
    choose(page, letter)
    page.get_by_role("heading", name="This video cannot be used yet").wait_for()
    expect(page.get_by_text("Choose the video itself, as your phone saved it")).to_be_visible()
    assert page.locator("[data-view=refused] svg.drawing").is_visible()
    check_page(page, "record-refused")
    page.get_by_role("link", name="Film again").click()
    page.get_by_role("heading", name="Film a set").wait_for()


def test_a_failing_server_is_asked_again(come: Come, site: Site, tmp_path: Path) -> None:
    visit = come(site.new_client())
    visit.expected = ("503", "ERR_CONNECTION")
    page = visit.open("/record")
    broken: list[str] = []

    def stumble(route: Route) -> None:
        if len(broken) < 2 and route.request.method == "PATCH":
            broken.append(route.request.method)
            if len(broken) == 1:
                return route.fulfill(status=503, body="busy")
            return route.abort("connectionreset")
        return route.continue_()

    page.route("**/api/v1/uploads/**", stumble)
    choose(page, write_fresh_clip(tmp_path, 11))
    expect(page.locator(".upload-words")).to_have_text(re.compile("It goes on by itself in"))
    page.get_by_role("button", name="Try now").click()
    page.get_by_role("heading", name="Your video has arrived").wait_for()
    assert broken == ["PATCH", "PATCH"]


def test_an_upload_without_scripts(come: Come, site: Site, tmp_path: Path) -> None:
    sam = site.new_client()
    visit = come(sam, java_script_enabled=False)
    visit.expected = ("422",)
    page = visit.open("/record")
    (tmp_path / "letter.mp4").write_text("this is a letter, not a video\n" * 50)
    page.get_by_label("Choose a video").set_input_files(tmp_path / "letter.mp4")
    page.get_by_role("button", name="Send this video").click()
    page.get_by_role("heading", name="This video cannot be used yet").wait_for()
    page.get_by_role("link", name="Film again").click()
    page.get_by_label("Choose a video").set_input_files(write_fresh_clip(tmp_path, 13))
    page.get_by_role("button", name="Send this video").click()
    page.get_by_role("heading", name="How did it go?").wait_for()
    page.get_by_role("group", name="The worst pain").get_by_role("radio", name="3", exact=True).check()
    page.get_by_label("Load in kilograms").fill("501")
    page.get_by_role("button", name="Done").click()
    recording = re.search("[0-9a-f]{32}", page.url)
    assert recording is not None
    page.get_by_label("Load in kilograms").fill("12.5")
    page.get_by_role("button", name="Done").click()
    page.wait_for_url(RECORDING)
    told = site.http(sam).get(f"/api/v1/recordings/{recording[0]}/checkin").json()
    assert (told["pain_worst"], told["load_kg"], told["pain_before"]) == (3, 12.5, None)


@pytest.mark.parametrize("field", ["", "csrf=nonsense"])
def test_no_byte_is_accepted_without_the_form_s_token(site: Site, field: str) -> None:
    asking = site.http(site.new_client())
    del asking.headers["X-CSRF-Token"]
    answer = asking.post(
        "/record",
        data=dict([field.split("=")]) if field else {},
        files={"video": ("clip.mp4", (SAMPLES / "rounded.mp4").read_bytes(), "video/mp4")},
    )
    assert answer.status_code == 403
    assert asking.get("/api/v1/recordings").json()["items"] == []


def _form(video: bytes, *, before: bool = True) -> bytes:
    token = b'--xyz\r\nContent-Disposition: form-data; name="csrf"\r\n\r\ntoken\r\n'
    film = b'--xyz\r\nContent-Disposition: form-data; name="video"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
    parts = [token, film + video + b"\r\n"]
    return b"".join(parts if before else reversed(parts)) + b"--xyz--\r\n"


def _parse_in_pieces(body: bytes, cuts: list[int]) -> tuple[bytes, VideoForm]:
    """Return what is parsed from a form that arrives in pieces cut at these places."""

    def allow(fields: dict[str, str]) -> None:
        if fields.get("csrf") != "token":
            raise Problem(ServiceCode.CSRF)

    form = VideoForm("multipart/form-data; boundary=xyz", allow)

    async def pieces() -> AsyncIterator[bytes]:
        places = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
        for start, end in pairwise(places):
            yield body[start:end]

    async def whole() -> bytes:
        return b"".join([piece async for piece in form.video(pieces())])

    work = whole()  # waits for nothing; the browser of other tests has the event loop
    try:
        work.send(None)
    except StopIteration as ended:
        return ended.value, form
    raise AssertionError("it waits")


@given(
    st.binary(max_size=300) | st.sampled_from([b"--xyz", b"\r\n--xy", b"\r\n--xyz-", b"\r\n\r\n"]),
    st.lists(st.integers(0, 1000), max_size=8),
)
def test_a_form_in_any_pieces_holds_the_same_video(video: bytes, cuts: list[int]) -> None:
    found, form = _parse_in_pieces(_form(video), cuts)
    assert found == video
    assert form.ended
    assert form.fields == {"csrf": "token"}


@given(st.lists(st.integers(0, 1000), max_size=4))
def test_a_form_whose_token_comes_late_is_refused(cuts: list[int]) -> None:
    with pytest.raises(Problem, match="csrf"):
        _parse_in_pieces(_form(b"video", before=False), cuts)


@pytest.mark.parametrize("body", [b"", b"nonsense", _form(b"video")[:-9], b"--xyz\r\n" + b"a" * 20_000])
def test_an_incomplete_form_is_refused(body: bytes) -> None:
    try:
        _, form = _parse_in_pieces(body, [])
    except Problem as problem:
        assert problem.code in {ServiceCode.CSRF, ServiceCode.INVALID_REQUEST}  # noqa: PT017 - either outcome is right
    else:
        assert not form.ended


def test_the_steps_before_the_first_video(come: Come, site: Site) -> None:
    page = come(site.new_client("Nia New", agreed=False)).open("/record")
    expect(page.get_by_text("Your agreement comes first")).to_be_visible()
    assert page.get_by_role("link", name="To the questions about your video").get_attribute("href") == "/agreements"
    assert page.locator("input[type=file]").count() == 0
    check_page(page, "record-before")


def test_the_exercise_is_chosen_by_its_plan(come: Come, site: Site, tmp_path: Path) -> None:
    sam = site.new_client()
    with site.server.sessions.begin() as db:
        for name, load in (("bodyweight_hinge", None), ("rdl", 12.5)):
            plan = new_id()
            db.add(
                Plan(
                    id=plan,
                    thread_id=plan,
                    version=1,
                    clinic_id=site.clinic.id,
                    client_id=sam.id,
                    step=name,
                    protocol=name,
                    sets=2,
                    reps=8,
                    load_kg=load,
                    days_per_week=3,
                    notes="",
                    created_at=utc_now(),
                )
            )
    page = come(sam).open(f"/record?plan={plan}")
    group = page.get_by_role("group", name="Which exercise is it?")
    assert group.get_by_role("radio").count() == 2
    assert group.locator("input:checked").get_attribute("data-protocol") == "rdl"
    choose(page, write_fresh_clip(tmp_path, 17))
    expect(page.get_by_label("Load in kilograms")).to_have_value("12.5")
    page.get_by_role("heading", name="Your video has arrived").wait_for()
    (sent,) = site.http(sam).get("/api/v1/recordings").json()["items"]
    assert sent["protocol"] == "rdl"
