"""What the coach says and when: one thing at a time, most helpful first, no repeats in a row, praise when earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hinge_check.live.phrases import SPOKEN
from hinge_check.live.updates import Kind, RepDone, Utterance

SPEAKING_S = 1.0
"""Four words take this long. Nothing else starts meanwhile, except a cue, which would come too late."""
CUE_OVER_S = 0.3
CUE_AGAIN_S = 8.0
"""Shortest interval between two identical cues: two or three repetitions to try it in."""
CUE_GAP_S = 4.0
"""Shortest interval between two different cues: one thing at a time."""
PRAISE_EVERY = 3
"""Good repetitions in a row per word of praise."""
PRAISE_FROM = 90.0
"""Lowest score of a repetition that earns praise: no value of it is beyond `warn`."""
INSTRUCTION_AGAIN_S = 8.0
NOTICE_AGAIN_S = 6.0
CAPTION_S = 3.0

_RANK: dict[Kind, int] = {"cue": 0, "notice": 1, "count": 2, "instruction": 3, "praise": 4}
_MAX_WAIT_S: dict[Kind, float] = {"cue": 0.4, "instruction": 3.0, "notice": 3.0, "praise": 2.0, "count": 0.6}
"""How long an utterance may wait for its turn before it is out of date."""


@dataclass(frozen=True, slots=True)
class _Pending:
    since_s: float
    kind: Kind
    code: str
    text: str


class Announcer:
    """Decides what to say next; at most one utterance per frame."""

    def __init__(self, utterance_count: int = 0) -> None:
        self.utterance_count = utterance_count
        """Utterances so far, which is also the id of the last one."""
        self._last_s = -1e9
        self._last_cue_s = -1e9
        self._spoken_at: dict[tuple[str, str], float] = {}
        self._pending: list[_Pending] = []
        self._caption: tuple[float, Utterance] | None = None
        self._good = 0
        self._corrected = False

    def instruct(self, now: float, code: str) -> None:
        """Say an instruction that holds now, and repeat it when it still holds after a while."""
        self._offer(now, "instruction", code, INSTRUCTION_AGAIN_S)

    def notice(self, now: float, code: str) -> None:
        """Say something that was noticed."""
        self._offer(now, "notice", code, NOTICE_AGAIN_S)

    def announce_once(self, now: float, code: str) -> None:
        """Say something that was noticed, but only once per session."""
        if ("notice", code) not in self._spoken_at:
            self.notice(now, code)

    def praise(self, now: float, code: str) -> None:
        """Say a word of praise."""
        self._offer(now, "praise", code, 0.0)

    def offer_cue(self, now: float, faults: Sequence[str]) -> None:
        """Offer a cue for the repetition under way: `faults` come most helpful first, and only the first may be spoken.

        While that cue may not be repeated yet, no other takes its place: the person is still working on it.
        """
        if not faults:
            return
        self._good, self._corrected = 0, True
        code = faults[0]
        if now - self._spoken_at.get(("cue", code), -1e9) < CUE_AGAIN_S or now - self._last_cue_s < CUE_GAP_S:
            return
        self._enqueue(now, "cue", code, SPOKEN["cue"][code])

    def announce_rep(self, now: float, done: RepDone) -> None:
        """Announce a repetition that was just counted, and praise good ones."""
        self._enqueue(now, "count", str(done.rep), str(done.rep))
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
        """Forget how good the last repetitions were, so that the next set starts afresh."""
        self._good, self._corrected = 0, False

    def next_utterance(self, now: float) -> Utterance | None:
        """Return the utterance to speak now, if any."""
        self._pending = [item for item in self._pending if now - item.since_s <= _MAX_WAIT_S[item.kind]]
        ready = [
            item for item in self._pending if now - self._last_s >= (CUE_OVER_S if item.kind == "cue" else SPEAKING_S)
        ]
        if not ready:
            return None
        item = min(ready, key=lambda pending: _RANK[pending.kind])
        self._pending.remove(item)
        if item.kind == "cue":
            self._last_cue_s = now
            # A correction and praise that waited for its turn do not go together.
            self._pending = [pending for pending in self._pending if pending.kind != "praise"]
        self._spoken_at[(item.kind, item.code)] = self._last_s = now
        self.utterance_count += 1
        utterance = Utterance(self.utterance_count, item.kind, item.code, item.text)
        if item.kind in ("cue", "praise", "notice"):
            self._caption = (now, utterance)
        return utterance

    def caption(self, now: float) -> Utterance | None:
        """Return the last cue, praise or notice for as long as it is shown."""
        if self._caption is None or now - self._caption[0] > CAPTION_S:
            return None
        return self._caption[1]

    def _offer(self, now: float, kind: Kind, code: str, again_s: float) -> None:
        if any(item.kind == kind and item.code == code for item in self._pending):
            return
        if now - self._spoken_at.get((kind, code), -1e9) >= again_s:
            self._enqueue(now, kind, code, SPOKEN[kind][code])

    def _enqueue(self, now: float, kind: Kind, code: str, text: str) -> None:
        # Of each kind only the newest utterance counts.
        self._pending = [item for item in self._pending if item.kind != kind]
        self._pending.append(_Pending(now, kind, code, text))
