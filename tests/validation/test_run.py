"""The results as a whole, from fabricated scores; and the cache of tracks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hinge_check.analysis import Analysis, reassess
from hinge_check.assess.protocol import load_protocol
from hinge_check.capture import capture_clip as capturing
from hinge_check.capture.track import PoseTrack
from tests.fakes import fake_track
from tests.validation.test_scores import write_truth
from validation import accuracy, conduct, plots, track_cache
from validation.clipset import Clip, find_clips
from validation.groups import is_best_case, is_hard_case, tables
from validation.markdown import number, percent
from validation.scores import OTHERS, PHASES, PRODUCT, ClipScore, RepScore, score_clip
from validation.truth import load_truth


def fake_clip_score(
    folder: Path, name: str, errors: tuple[float, ...], *, loose: float = 0.0, yaw: float = 0.0
) -> ClipScore:
    """Return a clip whose repetitions were read with these errors of lumbar flexion, degrees."""
    spec = {"camera": {"facing": "right", "yaw": yaw}, "clothes": {"loose": loose}}
    truth = load_truth(write_truth(folder / f"{name}.truth.json", spec), {})
    truth = replace(truth, height_px=300.0)
    clip = Clip(name, "own", folder / f"{name}.mp4", name, truth, None)
    blank = score_clip(clip, fake_track(len(truth.time_s)))
    reps = tuple(
        RepScore(
            clip=clip,
            number=k,
            truth={**dict.fromkeys(PRODUCT, 10.0), "lumbar": 5.0 + 35.0 * k},
            product={**dict.fromkeys(PRODUCT, 11.0), "lumbar": 5.0 + 35.0 * k + error},
            other={**dict.fromkeys(OTHERS, 20.0), "lumbar": 0.0},
            hip_se=3.0,
            lumbar_se=2.0,
            tempo=dict.fromkeys(PHASES, 0.1),
            found=True,
        )
        for k, error in enumerate(errors)
    )
    return replace(blank, reps=reps)


def test_a_clip_without_a_person_scores_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    truth = load_truth(write_truth(tmp_path / "a.truth.json"), {})
    score = score_clip(Clip("a", "own", tmp_path / "a.mp4", "1", truth, None), fake_track(40))
    assert score.refused
    assert score.counted == 0
    assert len(score.reps) == 2
    assert not any(rep.found for rep in score.reps)
    assert accuracy.lumbar_coverage(score.reps) == 0.0
    assert "refused" in "\n".join(conduct.counts_and_times([score], score.reps))


def test_groups_and_their_figures(tmp_path: Path) -> None:
    fitted, loose = (
        fake_clip_score(tmp_path, "a", (2.0, -4.0)),
        fake_clip_score(tmp_path, "b", (6.0, np.nan), loose=0.05),
    )
    oblique = fake_clip_score(tmp_path, "c", (9.0, 9.0), yaw=25.0)
    reps = [rep for clip in (fitted, loose, oblique) for rep in clip.reps]
    assert [rep.clip.name for rep in reps if is_best_case(rep)] == ["a", "a"]
    assert [rep.clip.name for rep in reps if is_hard_case(rep)] == ["b", "b", "c", "c"]
    assert set(tables(reps)["By camera"]) == {"0-15° off the side", "15-30°"}
    row = accuracy.group_row("all of a", fitted.reps)
    # reps, coverage, bias, mean absolute error ... 2 of 4 within 1.96 * 2
    assert row[1:5] == ["2", "100 %", "-1.0", "3.0"]
    assert row[6] == "50 %"
    assert accuracy.lumbar_coverage(loose.reps) == 0.5
    assert accuracy.separation(fitted.reps, "lumbar") == 1.0
    assert "| surest" not in accuracy.abstention(reps)
    assert any("83 % (all that are given)" in line for line in accuracy.abstention(reps))


def test_faults_are_counted_over_judged_clips(tmp_path: Path) -> None:
    clips = [
        replace(fake_clip_score(tmp_path, name, (0.0,)), deserved=frozenset(deserved), found=frozenset(found))
        for name, deserved, found in (("a", {"neck"}, {"neck"}), ("b", {"neck"}, set()), ("c", set(), {"neck"}))
    ]
    # Fabricated tracks show nobody: judged only if the report says so.
    judged = [replace(c, analysis=_fake_judgement(c)) for c in clips]
    lines = "\n".join(conduct.faults(judged))
    assert "| `neck` | 2 | 50 % | 50 % | c | b |" in lines


def _fake_judgement(c: ClipScore) -> Analysis:
    analysis = reassess(c.analysis.track, load_protocol())
    return replace(analysis, report=analysis.report.model_copy(update={"status": "analysed", "refusal": None}))


def test_plots_are_small_and_reproducible(tmp_path: Path) -> None:
    clips = [fake_clip_score(tmp_path, name, (2.0, -4.0)) for name in ("a", "b", "c")]
    reps = [rep for clip in clips for rep in clip.reps]
    first = _draw(reps, tmp_path / "one")
    assert first == _draw(reps, tmp_path / "two")
    assert all(len(data) < 100_000 for data in first)


def _draw(reps: list[RepScore], folder: Path) -> list[bytes]:
    folder.mkdir()
    out = []
    for draw in (plots.bland_altman, plots.scatter, plots.coverage):
        path = folder / f"{draw.__name__}.png"
        draw(reps).savefig(path, dpi=90, metadata={"Software": None})
        out.append(path.read_bytes())
    return out


@pytest.mark.parametrize(("value", "text"), [(1.26, "1.3"), (-0.01, "0.0"), (float("nan"), "–")])
def test_numbers_are_formatted(value: float, text: str) -> None:
    assert number(value) == text


def test_percent_and_sign() -> None:
    assert percent(0.934) == "93 %"
    assert percent(float("nan")) == "–"
    assert number(2.0, 0, sign=True, unit="°") == "+2°"


def test_a_clip_without_its_video_or_twice_is_left_out(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write_truth(tmp_path / folder / "a.truth.json")
        (tmp_path / folder / "a.mp4").write_bytes(b"the same clip")
    write_truth(tmp_path / "one" / "b.truth.json")
    found = find_clips([tmp_path / "one", tmp_path / "two"])
    assert [(clip.name, clip.group) for clip in found] == [("a", "one")]


def test_a_track_is_captured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = tmp_path / "a.mp4"
    video.write_bytes(b"not looked into")
    model = tmp_path / "a.task"
    model.write_bytes(b"nor this")
    seen: list[tuple[float, int]] = []

    def capture(*_: object, **__: object) -> PoseTrack:
        seen.append((capturing.MAX_RATE_HZ, capturing.LONG_EDGE))
        return fake_track()

    before = capturing.MAX_RATE_HZ, capturing.LONG_EDGE
    monkeypatch.setattr(capturing, "capture", capture)
    slow = track_cache.Setting(model=str(model), rate_hz=10.0, long_edge=480)
    for setting in (slow, slow, track_cache.Setting(model=str(model))):
        track = track_cache.track_of(video, setting, tmp_path / "tracks")
        assert np.array_equal(track.time_s, fake_track().time_s)
    assert seen == [(10.0, 480), before]
    assert before == (capturing.MAX_RATE_HZ, capturing.LONG_EDGE)
