"""What is said, when: one thing at a time, the most helpful first, never twice in a row, praise when it is earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hinge_check.live.phrases import SPOKEN
from hinge_check.live.updates import Kind, RepDone, Utterance

SPEAKING_S = 1.0
"""So long four words take; nothing else begins meanwhile, except a cue, which would be late."""
CUE_OVER_S = 0.3
CUE_AGAIN_S = 8.0
"""The same cue not sooner: two or three repetitions to try it in."""
CUE_GAP_S = 4.0
"""Another cue not sooner: one thing at a time."""
PRAISE_EVERY = 3
"""Good repetitions in a row until the next word of praise."""
PRAISE_FROM = 90.0
"""Score of a repetition worth praise: nothing of it lies beyond `warn`."""
INSTRUCTION_AGAIN_S = 8.0
NOTICE_AGAIN_S = 6.0
CAPTION_S = 3.0

_RANK: dict[Kind, int] = {"cue": 0, "notice": 1, "count": 2, "instruction": 3, "praise": 4}
_PATIENCE_S: dict[Kind, float] = {"cue": 0.4, "instruction": 3.0, "notice": 3.0, "praise": 2.0, "count": 0.6}
"""How long each may wait for its turn before it is out of date."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    since_s: float
    kind: Kind
    code: str
    text: str


class Announcer:
    """Decides what is said next; one utterance a frame at most."""

    def __init__(self, said: int = 0) -> None:
        self.said = said
        """Utterances so far: the last one's id."""
        self._last_s = -1e9
        self._last_cue_s = -1e9
        self._at: dict[tuple[str, str], float] = {}
        self._waiting: list[_Waiting] = []
        self._caption: tuple[float, Utterance] | None = None
        self._good = 0
        self._corrected = False

    def instruct(self, now: float, code: str) -> None:
        """An instruction that holds now; said once, and again when it still holds after a while."""
        self._offer(now, "instruction", code, INSTRUCTION_AGAIN_S)

    def note(self, now: float, code: str) -> None:
        """Something was noticed."""
        self._offer(now, "notice", code, NOTICE_AGAIN_S)

    def announce_once(self, now: float, code: str) -> None:
        """Something noticed that is said a single time in a session."""
        if ("notice", code) not in self._at:
            self.note(now, code)

    def praise(self, now: float, code: str) -> None:
        """A word of praise."""
        self._offer(now, "praise", code, 0.0)

    def offer_cue(self, now: float, faults: Sequence[str]) -> None:
        """Faults of the repetition at hand, most helpful first: only the first may be spoken of.

        While that one cools down nothing else is said: the person is at work on it.
        """
        if not faults:
            return
        self._good, self._corrected = 0, True
        code = faults[0]
        if now - self._at.get(("cue", code), -1e9) < CUE_AGAIN_S or now - self._last_cue_s < CUE_GAP_S:
            return
        self._wait(now, "cue", code, SPOKEN["cue"][code])

    def announce_rep(self, now: float, done: RepDone) -> None:
        """A repetition was counted."""
        self._wait(now, "count", str(done.rep), str(done.rep))
        if done.faults or done.score is None or done.score < PRAISE_FROM:
            self._good = 0
            return
        self._good += 1
        if self._corrected:
            self._corrected = False
            self.praise(now, "that_is_it")
        elif self._good % PRAISE_EVERY == 0:
            self.praise(now, "keep_that")

    def end_set(self) -> None:
        """Begin a set afresh: what was good or not before does not count on."""
        self._good, self._corrected = 0, False

    def next(self, now: float) -> Utterance | None:
        """What is to be said now."""
        self._waiting = [one for one in self._waiting if now - one.since_s <= _PATIENCE_S[one.kind]]
        ready = [
            one for one in self._waiting if now - self._last_s >= (CUE_OVER_S if one.kind == "cue" else SPEAKING_S)
        ]
        if not ready:
            return None
        chosen = min(ready, key=lambda one: _RANK[one.kind])
        self._waiting.remove(chosen)
        if chosen.kind == "cue":
            self._last_cue_s = now
            # What was about to be praised is not, in one breath with a correction.
            self._waiting = [one for one in self._waiting if one.kind != "praise"]
        self._at[(chosen.kind, chosen.code)] = self._last_s = now
        self.said += 1
        out = Utterance(self.said, chosen.kind, chosen.code, chosen.text)
        if chosen.kind in ("cue", "praise", "notice"):
            self._caption = (now, out)
        return out

    def caption(self, now: float) -> Utterance | None:
        """The last cue, praise or notice while it is to be seen."""
        if self._caption is None or now - self._caption[0] > CAPTION_S:
            return None
        return self._caption[1]

    def _offer(self, now: float, kind: Kind, code: str, again_s: float) -> None:
        if any(one.kind == kind and one.code == code for one in self._waiting):
            return
        if now - self._at.get((kind, code), -1e9) >= again_s:
            self._wait(now, kind, code, SPOKEN[kind][code])

    def _wait(self, now: float, kind: Kind, code: str, text: str) -> None:
        # Of a kind the newest counts.
        self._waiting = [one for one in self._waiting if one.kind != kind]
        self._waiting.append(_Waiting(now, kind, code, text))
