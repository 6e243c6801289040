from __future__ import annotations

from hinge_check.live.announcer import CUE_AGAIN_S, Announcer
from hinge_check.live.updates import RepDone


def rep(number: int, *faults: str, score: float | None = 97.0) -> RepDone:
    return RepDone(1, number, number, 0.0, 1.0, 2.0, 80.0, 4.0, 5.0, 4.0, 0.9, 20.0, score, faults)


def test_one_utterance_at_a_time_cues_first() -> None:
    announcer = Announcer()
    announcer.instruct(0.0, "stand_tall")
    announcer.notice(0.0, "slow_frames")
    announcer.offer_cue(0.0, ["squatting", "shallow"])
    first = announcer.next_utterance(0.0)
    assert first is not None
    assert (first.kind, first.code, first.text, first.id) == ("cue", "squatting", "Hips back, soft knees", 1)
    assert announcer.next_utterance(0.1) is None
    second = announcer.next_utterance(1.1)
    assert second is not None
    assert second.code == "slow_frames"


def test_a_cue_is_not_repeated_soon_nor_replaced_by_a_lesser_one() -> None:
    announcer = Announcer()
    announcer.offer_cue(0.0, ["squatting", "shallow"])
    assert announcer.next_utterance(0.0) is not None
    announcer.offer_cue(3.0, ["squatting", "shallow"])
    assert announcer.next_utterance(3.0) is None
    announcer.offer_cue(CUE_AGAIN_S, ["squatting"])
    assert announcer.next_utterance(CUE_AGAIN_S) is not None


def test_a_cue_that_could_not_be_spoken_in_time_is_dropped() -> None:
    announcer = Announcer()
    announcer.notice(0.0, "gap")
    assert announcer.next_utterance(0.0) is not None
    announcer.offer_cue(0.05, ["shallow"])
    assert announcer.next_utterance(0.1) is None
    assert announcer.next_utterance(0.6) is None


def test_praise_needs_a_good_repetition() -> None:
    announcer = Announcer()
    said = []
    for number, faults in enumerate([(), (), (), ("shallow",), ("shallow",), (), ()], start=1):
        now = 4.0 * number
        announcer.offer_cue(now, faults)
        announcer.announce_rep(now, rep(number, *faults, score=60.0 if faults else 97.0))
        for k in range(40):
            out = announcer.next_utterance(now + 0.1 * k)
            if out is not None and out.kind == "praise":
                said.append((number, out.code))
    assert said == [(3, "keep_that"), (6, "that_is_it")]


def test_without_a_score_or_with_a_poor_one_there_is_no_praise() -> None:
    announcer = Announcer()
    for number, score in enumerate([None, 80.0, None, 80.0, None, 80.0], start=1):
        announcer.announce_rep(4.0 * number, rep(number, score=score))
        kinds = {out.kind for k in range(40) if (out := announcer.next_utterance(4.0 * number + 0.1 * k)) is not None}
        assert kinds == {"count"}


def test_a_caption_stays_for_three_seconds() -> None:
    announcer = Announcer()
    announcer.offer_cue(0.0, ["neck"])
    said = announcer.next_utterance(0.0)
    assert announcer.caption(2.9) == said
    assert announcer.caption(3.1) is None


def test_a_persistent_instruction_is_repeated_only_after_a_while() -> None:
    announcer = Announcer()
    said = []
    for k in range(200):
        announcer.instruct(0.1 * k, "come_closer")
        if announcer.next_utterance(0.1 * k) is not None:
            said.append(round(0.1 * k, 1))
    assert said == [0.0, 8.0, 16.0]
