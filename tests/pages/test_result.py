"""The client's result: figures with their uncertainty, a video to tap through, the clinician's published words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from api.care.corrections import FaultCorrection
from api.care.review_schemas import CorrectionOut
from api.core.clock import utc_now
from api.db import Client
from api.pages.result.figures import back_is, figures_of, origin_s, reach_of
from api.pages.result.routes import sees_otherwise
from api.pages.result.trend import HEIGHT, MARGIN, trend_of
from api.pages.translations import translator_of
from hinge_check.assess.report import HingeReport, Note
from hinge_check.clinic.metrics import Recorded, SetMetrics, set_metrics
from hinge_check.clinic.readiness_rules import load_rules
from hinge_check.errors import Code
from hinge_check.results import report_json
from tests.api.rows import analysis_row, recording_row
from tests.fakes import fake_calibration, fake_report
from tests.pages.browser import DESK, Visit, check_page
from tests.pages.live_server import Site

Come = Callable[..., Visit]
EN = translator_of("en")
NOW = datetime.fromisoformat("2026-11-20T10:00:00+00:00")


def report_with(**figures: float | None) -> HingeReport:
    own = fake_report()
    return own.model_copy(update={"summary": own.summary.model_copy(update=figures)})


def figures(**changed: object) -> SetMetrics:
    found = set_metrics(fake_report())
    assert found is not None
    return found.model_copy(update=changed)


# --- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "se", "expected"),
    [
        (None, None, "unknown"),
        (5.0, 4.0, "as-standing"),
        (-5.0, 4.0, "as-standing"),
        (30.0, None, "as-standing"),  # without a known error nothing is beyond it
        (30.0, 4.0, "rounded"),
        (-12.0, 4.0, "arched"),
    ],
)
def test_the_back_counts_as_moved_only_beyond_the_error(value: float | None, se: float | None, expected: str) -> None:
    assert back_is(value, se) == expected


def test_every_figure_has_its_uncertainty() -> None:
    found = figures_of(EN, fake_report())
    for text in (found.score, found.share, found.hip, found.back, *(rep.score for rep in found.reps)):
        assert re.fullmatch(r"−?\d+ ± [1-9]\d*[ °%]*", text), text
    assert found.gauge is not None
    assert found.gauge.low < found.gauge.value < found.gauge.high


def test_the_range_of_a_score_stays_on_its_scale() -> None:
    found = figures_of(EN, report_with(score=97.0, score_se=5.0)).gauge
    assert found is not None
    assert (found.low, found.high) == (87, 100)


def test_unmeasured_figures_are_empty_and_their_bar_unknown() -> None:
    found = figures_of(EN, fake_report(lumbar=None))
    assert (found.score, found.share, found.back, found.gauge, found.back_is) == ("", "", "", None, "unknown")
    assert not any(rep.back_known for rep in found.reps)


def test_an_arched_back_does_not_reduce_the_hips() -> None:
    own = fake_report()
    arched = own.model_copy(update={"reps": [rep.model_copy(update={"lumbar_flexion_deg": -9.0}) for rep in own.reps]})
    assert [rep.hip_bar for rep in figures_of(EN, arched).reps] == [100.0, 100.0]
    assert figures_of(EN, report_with(hip_share=1.1)).share.startswith("100 ±")


def test_repetitions_use_the_time_of_the_video_that_plays() -> None:
    assert [rep.bottom_s for rep in figures_of(EN, fake_report(), 2.5).reps] == [1.5, 4.5]
    assert origin_s(fake_report()) == 0.0


def test_a_range_test_reports_what_was_reached() -> None:
    reach = reach_of(fake_calibration().report)
    assert reach is not None
    assert (reach.back, reach.hip) == ("49 ± 8°", "≈ 65°")
    assert reach_of(fake_calibration(lumbar_max=None).report) is None


def test_a_clinician_s_correction_has_the_last_word() -> None:
    def told(one: FaultCorrection) -> list[CorrectionOut]:
        return [CorrectionOut(kind="fault", corrected=one, computed=None)]

    whole, part = FaultCorrection(kind="fault", code="shallow"), FaultCorrection(kind="fault", code="shallow", reps=[1])
    assert sees_otherwise(told(whole), "shallow")
    assert not sees_otherwise(told(whole), "too_fast")
    assert not sees_otherwise(told(part), "shallow")
    assert not sees_otherwise([], None)


def recorded_set(number: int, score: float | None, *, se: float = 2.0, protocol: str = "bodyweight_hinge") -> Recorded:
    told = figures(score=score, score_se=None if score is None else se, protocol=protocol)
    return Recorded(f"{number:032x}", NOW + timedelta(days=number), protocol, told, None)


@pytest.mark.parametrize(("before", "now", "says"), [(80, 82, "same"), (60, 85, "higher"), (85, 60, "lower")])
def test_the_trend_reports_a_change_only_beyond_the_error(before: int, now: int, says: str) -> None:
    records = [recorded_set(1, before), recorded_set(2, now), recorded_set(3, 10)]
    trend = trend_of(records, records[1].recording_id, load_rules())
    assert trend is not None
    assert trend.comparison == says
    assert [dot.here for dot in trend.dots] == [False, True]  # later ones are not shown
    assert [dot.score for dot in trend.dots] == [f"{before} ± 4", f"{now} ± 4"]
    assert all(MARGIN <= dot.top <= dot.y <= dot.bottom <= HEIGHT - MARGIN for dot in trend.dots)


def test_there_is_no_trend_of_one_of_another_exercise_or_without_a_score() -> None:
    other, first, unread = recorded_set(1, 80, protocol="bow"), recorded_set(2, 80), recorded_set(3, None)
    records, rules = [other, first, unread], load_rules()
    assert [trend_of(records, each.recording_id, rules) for each in records] == [None, None, None]
    many = [recorded_set(number, 50 + number) for number in range(30)]
    trend = trend_of(many, many[-1].recording_id, rules)
    assert trend is not None
    assert len(trend.dots) == 12
    assert replace(trend, dots=trend.dots[:1]).line == f"14,{trend.dots[0].y:g}"


# --- in a browser ----------------------------------------------------------------------------------------------------


def video_time(page: Page) -> float:
    found: float = page.locator("video").evaluate("video => video.currentTime")
    return found


def wait_until_at(page: Page, time: float) -> None:
    page.wait_for_function("t => Math.abs(document.querySelector('video').currentTime - t) < 0.1", arg=time)


def test_a_client_taps_through_a_result(come: Come, site: Site) -> None:
    visit = come(site.alex)
    answers: list[int] = []
    visit.page.on("response", lambda answer: answers.append(answer.status) if "/annotated?" in answer.url else None)
    page = visit.open(f"/recordings/{site.good}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bodyweight hinge")
    expect(page.get_by_role("link", name="Tell us in three taps")).to_be_visible()
    check_page(page, "result-good")
    reps = page.locator("a[data-rep]")
    expect(reps).to_have_count(3)
    moment = {name: float(reps.nth(1).get_attribute(f"data-{name}") or "nan") for name in ("start", "bottom", "end")}
    start, bottom, end = moment.values()
    reps.nth(1).click()
    wait_until_at(page, bottom)
    expect(page.get_by_role("status").filter(has_text="Repetition 2")).to_have_count(1)
    expect(reps.nth(1)).to_have_attribute("aria-current", "true")
    # the lowest point has been viewed: it plays from the beginning, once, to its end
    page.wait_for_function(
        """([from, to]) => {
            const video = document.querySelector('video');
            return !video.paused && video.currentTime > from && video.currentTime < to;
        }""",
        arg=[start, bottom],
    )
    page.wait_for_function("() => document.querySelector('video').paused")
    assert abs(video_time(page) - end) < 0.4
    assert set(answers) == {206}
    # a page left open longer than its links are valid
    old = page.locator("video").get_attribute("src") or ""
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 86400e3 }")
    page.locator("video").evaluate("video => video.play()")
    page.wait_for_function("old => document.querySelector('video').getAttribute('src') !== old", arg=old)
    page.wait_for_function("t => document.querySelector('video').currentTime >= t - 0.4", arg=end)


def test_the_player_steps_by_frames_and_loops(come: Come, site: Site) -> None:
    page = come(site.alex).open(f"/recordings/{site.good}")
    told = page.evaluate(
        """async () => {
            const { Player } = await import("hinge/player/player.js");
            const player = new Player(document.querySelector("video")), shown = [];
            const until = (done) => new Promise((resolve) => player.onFrame((time) => done(time) && resolve(time)));
            await player.seek(1);
            await until((time) => Math.abs(time - 1) < 0.02);
            shown.push(player.time);
            await player.step(1);
            await until((time) => time > shown[0] + 0.01);
            shown.push(player.time);
            await player.step(-2);
            await until((time) => time < shown[0] - 0.01);
            shown.push(player.time);
            player.rate = 2;
            await player.playRange(2, 2.4, { loop: true });
            await until((time) => time > 2.25);
            await until((time) => time < 2.15);
            const looping = player.range;
            player.pause();
            await player.seek(0.5);
            return { shown, looping, after: player.range, rate: player.rate };
        }"""
    )
    here, next_one, before = told["shown"]
    assert next_one - here == pytest.approx(1 / 30, abs=0.004)
    assert here - before == pytest.approx(1 / 30, abs=0.004)
    assert told["looping"] == {"from": 2, "to": 2.4, "loop": True}
    assert told["after"] is None  # it is elsewhere by then
    assert told["rate"] == 2


def test_a_rounded_set_is_described_calmly_in_both_languages(come: Come, site: Site) -> None:
    page = come(site.alex).open(f"/recordings/{site.rounded}")
    check_page(page, "result-rounded")
    change = page.get_by_role("region", name="One thing to try")
    expect(change.locator("svg.drawing")).to_have_count(1)
    expect(page.get_by_text("not proof of harm")).to_be_visible()
    page = come(site.alex, language="de", size=DESK).open(f"/recordings/{site.rounded}")
    check_page(page, "result-rounded-de")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hüftbeuge ohne Gewicht")
    german = page.inner_text("main")
    assert not re.search(r"\b(your|the|and|hips|back)\b", german, re.IGNORECASE), german
    tracks = page.locator("video").evaluate("v => [...v.textTracks[0].cues ?? []].map((cue) => cue.text)")
    assert all(text.startswith("Wiederholung") for text in tracks)


def test_the_result_is_complete_without_scripts(come: Come, site: Site) -> None:
    page = come(site.alex, java_script_enabled=False).open(f"/recordings/{site.good}")
    expect(page.locator("video[controls][playsinline][preload=metadata]")).to_have_count(1)
    href = page.locator("a[data-rep]").first.get_attribute("href") or ""
    assert re.search(r"#t=\d+\.\d\d,\d+\.\d\d$", href)
    asking = site.http(site.alex)
    part = asking.get(href.partition("#")[0], headers={"Range": "bytes=100-199"})
    assert (part.status_code, len(part.content)) == (206, 100)
    signed = site.server.nobody().get(page.locator("video").get_attribute("src") or "", headers={"Range": "bytes=0-9"})
    assert (signed.status_code, signed.headers["content-type"]) == (206, "video/mp4")
    for link in page.locator(".along a").all():
        assert asking.get(link.get_attribute("href") or "").status_code == 200
    assert asking.get(f"/recordings/{site.good}/chapters.vtt").text.startswith("WEBVTT\n\nrep-1\n00:00:0")


def test_another_client_s_result_cannot_be_opened(come: Come, site: Site) -> None:
    visit = come(site.kim)
    visit.expected = ("404",)
    page = visit.open(f"/recordings/{site.good}")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    answer = site.http(site.dana).get(f"/recordings/{site.good}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/review/{site.good}")


def test_the_clinician_s_words_are_shown_once_published(come: Come, site: Site) -> None:
    dana, address = site.http(site.dana), f"/api/v1/recordings/{site.rounded}/reviews"
    begun = dana.post(address)
    arrow = {"shapes": [{"kind": "arrow", "colour": "green", "points": [[0.2, 0.2], [0.5, 0.5]]},
                        {"kind": "angle", "points": [[0.2, 0.8], [0.5, 0.8], [0.5, 0.4]]}]}  # fmt: skip
    told = {
        "summary": "A calm set, well filmed.\nTake a little less depth for now.",
        "verdict": "hold",
        "comments": [
            {"time_s": 2.5, "text": "Here your back begins to join in.", "drawing": arrow},
            {"time_s": None, "text": "Try it three times this week."},
        ],
    }
    saved = dana.put(f"{address}/{begun.json()['id']}", json=told, headers={"If-Match": begun.headers["ETag"]})
    assert saved.status_code == 200, saved.text
    visit = come(site.alex)
    page = visit.open(f"/recordings/{site.rounded}")
    expect(page.get_by_text("A calm set, well filmed.")).to_have_count(0)
    published = dana.post(f"{address}/{begun.json()['id']}/publication", headers={"If-Match": saved.headers["ETag"]})
    assert published.status_code == 200
    assert published.json()["seen_at"] is None
    page = visit.open(f"/recordings/{site.rounded}")
    words = page.get_by_role("region", name="Dana Hill wrote to you")
    expect(words).to_contain_text("Take a little less depth for now.")
    expect(words).to_contain_text("Stay with this exercise for now")
    assert dana.get(f"{address}/{begun.json()['id']}").json()["seen_at"] is not None
    drawing = page.locator("svg.player-drawing")
    expect(drawing.locator("path")).to_have_count(0)
    words.get_by_role("link", name="At 0:02.5, with a drawing").click()
    wait_until_at(page, 2.5)
    expect(drawing.locator(".drawn-green .drawn-stroke")).to_have_count(1)
    expect(drawing.get_by_text("90°")).to_have_count(1)
    # shares are of the filmed picture: the arrow's tip lies in its middle, above the panel of figures
    tip = page.evaluate(
        """() => {
            const svg = document.querySelector('svg.player-drawing');
            const [w, h] = svg.dataset.picture.split(' ').map(Number);
            const [, x, y] = svg.querySelector('.drawn-green path').getAttribute('d').match(/L([\\d.]+) ([\\d.]+)M/);
            const { videoWidth, videoHeight } = document.querySelector('video'), box = svg.viewBox.baseVal;
            return [x / w, y / h, box.width - videoWidth, box.height - videoHeight, h < videoHeight];
        }"""
    )
    assert tip == [0.5, 0.5, 0, 0, True]
    check_page(page, "result-reviewed")
    page.locator("video").evaluate("video => video.play()")
    expect(drawing.locator("path")).to_have_count(0)


def add_recording_without_video(site: Site, person: Client, report: HingeReport) -> str:
    """Add a recording whose video has been deleted."""
    now = utc_now()
    recording = recording_row(person, now, protocol="bow", videos_removed_at=now)
    analysis = analysis_row(recording, report=report_json(report))
    recording_id = recording.id
    with site.server.sessions() as db:
        db.add(recording)
        db.flush()
        db.add(analysis)
        db.commit()
    return recording_id


def test_figures_stay_when_the_video_is_gone_and_all_can_be_deleted(come: Come, site: Site) -> None:
    person = site.new_client()
    unread = Note(code=Code.LUMBAR_NOT_MEASURABLE, message="Your shirt is loose.", advice="Wear a fitted top.")
    plain = add_recording_without_video(
        site, person, fake_report(lumbar=None).model_copy(update={"findings": [unread]})
    )
    tested = add_recording_without_video(site, person, fake_calibration().report)
    page = come(person).open(f"/recordings/{tested}")
    expect(page.get_by_text("49 ± 8°")).to_be_visible()
    check_page(page, "result-range")
    page.goto(f"/recordings/{plain}")
    expect(page.get_by_text("The video was deleted on")).to_be_visible()
    expect(page.locator(".number.back .number-value")).to_have_text("cannot tell")
    expect(page.get_by_role("region", name="For the next video")).to_contain_text("Wear a fitted top.")
    expect(page.locator("video")).to_have_count(0)
    check_page(page, "result-gone")
    page.get_by_text("Delete this recording").click()
    page.get_by_role("button", name="Delete for good").click()
    page.wait_for_url("**/progress")
    assert site.http(person).get(f"/api/v1/recordings/{plain}").status_code == 404
