"""Filming in the page, with Chromium's fake camera that plays a sample clip; and the live guide's advice on clips."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from api.db import Recording
from tests.pages.browser import Visit, another, check_page, visit
from tests.pages.live_server import Site
from tests.samples import FOLDER as SAMPLES, full_model

FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module", autouse=True)
def no_analyses(site: Site) -> Iterator[None]:
    with site.nothing_analysed():
        yield


def write_camera_file(clip: str, made: Path) -> None:
    """Write a clip as raw frames, which is what the fake camera plays in a loop."""
    with av.open(str(SAMPLES / f"{clip}.mp4")) as source, av.open(str(made), "w", format="yuv4mpegpipe") as out:
        stream = out.add_stream("rawvideo", rate=15, width=640, height=360, pix_fmt="yuv420p")
        for number, frame in enumerate(source.decode(video=0)):
            if number % 2 == 0 and number < 240:
                plain = frame.reformat(640, 360, "yuv420p")
                plain.pts = None
                out.mux(stream.encode(plain))


@pytest.fixture(scope="module")
def camera(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Provide a browser whose camera plays `neutral_good`."""
    full_model()
    film = tmp_path_factory.mktemp("camera") / "camera.y4m"
    write_camera_file("neutral_good", film)
    with another(browser, *FAKE, f"--use-file-for-fake-video-capture={film}") as found:
        yield found


@pytest.fixture
def filmer(site: Site, camera: Browser) -> Iterator[Visit]:
    """Provide a person with a camera."""
    made = visit(camera, site.server.url, token=site.token_of(site.new_client("Fay Sample")))
    yield made
    made.close()


def test_a_clip_is_filmed_in_the_page(filmer: Visit, site: Site) -> None:
    page = filmer.open("/record")
    page.evaluate("document.querySelector('[data-view=film]').dataset.placeS = '1'")
    page.get_by_role("button", name="Film here").click()
    for check in ("side", "distance", "light", "one"):
        expect(page.locator(f"[data-check={check}]")).to_have_attribute("data-state", "yes", timeout=60_000)
    expect(page.get_by_text("You are well in the picture.")).to_be_visible()
    check_page(page, "record-film")
    voice = page.get_by_role("button", name="Voice")
    if voice.is_visible():
        voice.click()
        expect(voice).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Begin").click()
    caption = page.locator("[data-caption]")
    expect(caption).to_have_text(re.compile("Take your place"))
    expect(caption).to_have_text("Stand tall and still.")
    expect(page.locator("[data-count]")).to_have_text("2")
    check_page(page, "record-filming")
    expect(caption).to_have_text("Begin.")
    expect(page.locator("[data-clock]")).to_have_text(re.compile("[4-9] s"))
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("heading", name="Take a look at it").wait_for()
    expect(page.get_by_text(re.compile(r"^[4-9] seconds, [\d.]+ MB"))).to_be_visible()
    page.get_by_role("button", name="Send this video").click()
    page.get_by_role("heading", name="Your video has arrived").wait_for()
    recording = page.evaluate("document.querySelector('[data-go-on-link]').pathname.split('/').at(-1)")
    with site.server.sessions() as db:
        kept = db.get_one(Recording, recording)
        assert kept.probe is not None
        assert kept.probe["duration_s"] == pytest.approx(5, abs=2)
        assert {kept.probe["width"], kept.probe["height"]} == {640, 360}


def test_a_take_is_repeated_and_abandoned(filmer: Visit) -> None:
    page = filmer.open("/record")
    page.evaluate("document.querySelector('[data-view=film]').dataset.placeS = '3'")
    page.get_by_role("button", name="Film here").click()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("[data-count]")).to_be_visible()
    page.get_by_role("button", name="Stop").click()  # before anything was filmed
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("button", name="Film here")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-preview]').srcObject") is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotAllowedError", "The camera was not allowed here."),
        ("NotFoundError", "No camera was found here."),
        ("NotReadableError", "The camera is used by another app"),
    ],
)
def test_without_a_camera_the_phone_s_own_is_offered(filmer: Visit, name: str, words: str) -> None:
    page = filmer.page
    page.add_init_script(f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{name}'))")
    filmer.open("/record")
    page.get_by_role("button", name="Film here").click()
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_text("The phone’s own camera", exact=True)).to_be_visible()
    if name == "NotAllowedError":
        check_page(page, "record-no-camera")


def test_filming_works_without_the_guide(filmer: Visit) -> None:
    page = filmer.page
    page.route("**/models/**", lambda route: route.abort())
    filmer.expected = ("ERR_FAILED",)
    filmer.open("/record")
    page.get_by_role("button", name="Film here").click()
    expect(page.get_by_text("The live check does not run on this device.")).to_be_visible()
    expect(page.locator("[data-check=side]")).to_be_hidden()
    expect(page.get_by_role("button", name="Begin")).to_be_enabled()


def _guide_reading(page: Page, clip: str, change: str = "") -> dict[str, str]:
    """Return the guide's reading of a clip's first frame; `change` draws on the picture first."""
    shot = io.BytesIO()
    with av.open(str(SAMPLES / f"{clip}.mp4")) as source:
        Image.fromarray(next(source.decode(video=0)).to_ndarray(format="rgb24")).save(shot, "JPEG")
    found: dict[str, str] = page.evaluate(
        """async ([picture, change]) => {
          const { createLandmarker } = await import("hinge/pose/landmarker.js");
          const { checkFraming } = await import("hinge/pose/framing.js");
          const image = new Image();
          image.src = picture;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const pen = canvas.getContext("2d");
          if (change === "small") pen.drawImage(image, 220, 120, image.width / 3, image.height / 3);
          else if (change === "feet") pen.drawImage(image, 0, 110);
          else if (change === "nobody") pen.fillRect(0, 0, 640, 360);
          else pen.drawImage(image, 0, 0);
          const model = document.querySelector("[data-pose-model]").dataset.poseModel;
          const pose = await createLandmarker({ model, people: 2 });
          const found = await pose.detect(canvas.transferToImageBitmap(), 0);
          pose.close();
          return checkFraming(found, 100);
        }""",
        ["data:image/jpeg;base64," + base64.b64encode(shot.getvalue()).decode(), change],
    )
    return found


def test_the_guide_s_reading_of_clips(filmer: Visit) -> None:
    page = filmer.open("/record")
    assert _guide_reading(page, "neutral_good") == {"side": "yes", "distance": "yes", "light": "yes", "one": "yes"}
    assert _guide_reading(page, "oblique_30")["side"] == "turn"
    assert _guide_reading(page, "neutral_good", "small")["distance"] in {"closer", "nobody"}
    assert _guide_reading(page, "neutral_good", "feet")["distance"] == "feet"
    assert _guide_reading(page, "neutral_good", "nobody")["side"] == "nobody"
