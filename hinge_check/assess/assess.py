"""Assessment of a measured clip: the report as a pure function, so that a changed limit costs milliseconds."""

from __future__ import annotations

from collections.abc import Sequence

from hinge_check.arrays import FloatArray
from hinge_check.assess import digits
from hinge_check.assess.calibration import no_bend, range_cues, range_test
from hinge_check.assess.cues import cues, refusal_cues, set_line, sort_by_priority
from hinge_check.assess.evidence import AssertedFault
from hinge_check.assess.faults import drift_per_rep, evidence_for, find_faults, find_notes
from hinge_check.assess.lumbar_range import range_of, share_of
from hinge_check.assess.protocol import Protocol
from hinge_check.assess.rep_values import RepValues, rep_values
from hinge_check.assess.report import (
    Calibration,
    Cues,
    Fault,
    HingeReport,
    Note,
    ProtocolReport,
    Provenance,
    RepReport,
    RhythmThird,
    Summary,
    ViewReport,
)
from hinge_check.assess.score import Scores, no_scores, score
from hinge_check.assess.windows import median_known
from hinge_check.capture.track import PoseTrack, TrackInfo
from hinge_check.errors import ADVICE, Code, Finding, finding
from hinge_check.measure.lumbar import load_model
from hinge_check.measure.types import Measurement, View
from hinge_check.version import __version__


def assess(track: PoseTrack, m: Measurement, protocol: Protocol, *, calibrate: bool = False) -> HingeReport:
    """Judge a measured clip by a protocol.

    Deterministic: the same track and protocol give the same report, byte for byte. A refused measurement gives a report
    with status 'refused' and whatever was measured of the repetitions, without faults and scores.

    Parameters
    ----------
    calibrate
        The recording is a range test: slow maximal forward bends. Then no faults are named and nothing is scored; the
        report has the person's own range, or the reason why it is not stated.
    """
    return judge(
        track.info,
        m.view,
        rep_values(m),
        protocol,
        findings=m.findings,
        refusal=m.refusal,
        calibrate=calibrate,
        stands=bool(m.standing.any()),
    )


def judge(
    info: TrackInfo,
    view: View,
    v: RepValues,
    protocol: Protocol,
    *,
    findings: Sequence[Finding] = (),
    refusal: Finding | None = None,
    calibrate: bool = False,
    stands: bool = True,
) -> HingeReport:
    """Judge repetitions by their values alone: called by `assess`, and by the live coach for a whole session.

    Parameters
    ----------
    findings, refusal
        The findings of measuring, and the reason why nothing can be judged.
    stands
        True when the person's own standing is the zero.
    """
    notes = _findings(info, findings)
    refusal = _refusal(refusal, v, calibrate=calibrate)
    calibration: Calibration | None = None
    tempo_known = _is_tempo_known(notes)
    if refusal is not None:
        # what was measured is still reported, but not judged
        reps, summary, faults = _without_judgement(v, protocol)
        words: Cues = refusal_cues(_note(refusal))
    elif calibrate:
        reps, summary, faults = _without_judgement(v, protocol)
        test = range_test(v, stands=stands)
        calibration = test.calibration
        if test.reason is not None and test.reason.code not in {note.code for note in notes}:
            notes.append(_note(test.reason))
        why = next((note for note in notes if note.code == Code.LUMBAR_NOT_MEASURABLE), None)
        words = range_cues(calibration, why, set_line(summary))
    else:
        scores = score(v, protocol, tempo_known=tempo_known)
        evidence = evidence_for(v, protocol.limits, tempo_known=tempo_known)
        asserted = find_faults(evidence)
        faults = _prioritize(asserted)
        reps = _reps(v, scores, faults, protocol)
        summary = _summary(v, scores, protocol)
        words = cues(summary, reps, faults, find_notes(evidence, asserted), notes)
    return HingeReport(
        status="analysed" if refusal is None else "refused",
        judged_as="range" if calibrate else "hinge",
        refusal=None if refusal is None else _note(refusal),
        findings=notes,
        view=_view(view),
        reps=reps,
        summary=summary,
        faults=faults,
        cues=words,
        protocol=_protocol(protocol),
        calibration=calibration,
        provenance=_provenance(info),
    )


def _refusal(refusal: Finding | None, v: RepValues, *, calibrate: bool) -> Finding | None:
    """Return the refusal of measuring, or that of a clip without repetitions."""
    if refusal is None and not len(v):
        refusal = finding(Code.NO_HINGE, "No hip hinge was found in this clip.")
    if calibrate and refusal is not None and refusal.code == Code.NO_HINGE:
        return no_bend()
    return refusal


def named_faults(info: TrackInfo, v: RepValues, protocol: Protocol) -> list[Fault]:
    """Return the faults that `judge` names, in order of priority, without the rest of a report."""
    return _prioritize(find_faults(evidence_for(v, protocol.limits, tempo_known=_is_tempo_known(_findings(info, ())))))


def rep_reports(info: TrackInfo, v: RepValues, protocol: Protocol) -> list[RepReport]:
    """Return the repetitions' figures and scores as `judge` gives them, without faults; none depends on the others."""
    scores = score(v, protocol, tempo_known=_is_tempo_known(_findings(info, ())))
    return _reps(v, scores, [], protocol)


def _is_tempo_known(notes: Sequence[Note]) -> bool:
    return all(note.code != Code.TEMPO_UNCERTAIN for note in notes)


def _prioritize(faults: Sequence[AssertedFault]) -> list[Fault]:
    return sort_by_priority([_fault(fault) for fault in faults])


def _findings(info: TrackInfo, findings: Sequence[Finding]) -> list[Note]:
    """Return the findings of measuring, and those of capture that measuring did not pass on."""
    out = [_note(one) for one in findings]
    codes = {note.code for note in out}
    for code, message in info.findings:
        if Code(code) not in codes:
            out.append(Note(code=Code(code), message=message, advice=ADVICE[Code(code)]))
    return out


def _note(one: Finding) -> Note:
    return Note(code=one.code, message=one.message, advice=one.advice)


def _view(view: View) -> ViewReport:
    return ViewReport(
        facing=view.facing,
        near_side=view.near_side,
        yaw_deg=digits.degrees(view.yaw_deg),
        yaw_se_deg=digits.degrees(view.yaw_se_deg),
        roll_deg=digits.degrees(view.roll_deg),
        person_height_px=digits.points(view.person_height_px),
        seen_share=digits.share(view.seen_share),
    )


def _without_judgement(v: RepValues, protocol: Protocol) -> tuple[list[RepReport], Summary, list[Fault]]:
    """Return what was measured, without judgement."""
    return _reps(v, no_scores(v), [], protocol), _summary(v, no_scores(v), protocol), []


def _reps(v: RepValues, scores: Scores, faults: Sequence[Fault], protocol: Protocol) -> list[RepReport]:
    share, deg, sec = v.hip_share, digits.degrees, digits.seconds
    return [
        RepReport(
            rep=i + 1,
            start_s=digits.to_digits(v.start_s[i], digits.SECONDS),
            bottom_s=digits.to_digits(v.bottom_s[i], digits.SECONDS),
            end_s=digits.to_digits(v.end_s[i], digits.SECONDS),
            hip_flexion_deg=deg(v.hip[i]),
            hip_flexion_se_deg=deg(v.hip_se[i]) if deg(v.hip[i]) is not None else None,
            lumbar_flexion_deg=deg(v.lumbar[i]),
            lumbar_flexion_se_deg=deg(v.lumbar_se[i]) if deg(v.lumbar[i]) is not None else None,
            knee_flexion_deg=deg(v.knee[i]),
            trunk_inclination_deg=deg(v.trunk[i]),
            pelvic_tilt_deg=deg(v.pelvic_tilt[i]),
            shank_inclination_deg=deg(v.shank[i]),
            neck_flexion_deg=deg(v.neck[i]),
            hip_share=digits.share(share[i]),
            descent_s=sec(v.descent_s[i]),
            bottom_hold_s=sec(v.hold_s[i]),
            ascent_s=sec(v.ascent_s[i]),
            rhythm=[
                RhythmThird(third=third, hip_deg=deg(v.rhythm[i, k, 0]), lumbar_deg=deg(v.rhythm[i, k, 1]))
                for k, third in enumerate(("early", "mid", "late"))
            ],
            score=digits.points(scores.reps[i]),
            score_se=digits.points_se(scores.reps_se[i]),
            faults=[fault.code for fault in faults if i + 1 in fault.reps],
            partial=not v.complete[i],
            **share_of(float(v.lumbar[i]), float(v.lumbar_se[i]), protocol),
        )
        for i in range(len(v))
    ]


def _summary(v: RepValues, scores: Scores, protocol: Protocol) -> Summary:
    """Summarise the set by medians over complete repetitions, or over all where the clip cuts every one.

    The error of a median over a set is given as the median of the errors: most of it (clothes, camera, body) is the
    same in every repetition and does not shrink with their number.
    """
    deg, sec = digits.degrees, digits.seconds

    def middle(values: FloatArray) -> float:
        return float(median_known(values[v.used]))

    hip, lumbar = deg(middle(v.hip)), deg(middle(v.lumbar))
    return Summary(
        reps=len(v),
        hip_flexion_deg=hip,
        hip_flexion_se_deg=None if hip is None else deg(middle(v.hip_se)),
        lumbar_flexion_deg=lumbar,
        lumbar_flexion_se_deg=None if lumbar is None else deg(middle(v.lumbar_se)),
        knee_flexion_deg=deg(middle(v.knee)),
        trunk_inclination_deg=deg(middle(v.trunk)),
        hip_share=digits.share(middle(v.hip_share)),
        score=digits.points(scores.total),
        score_se=digits.points_se(scores.total_se),
        subscores={name: digits.points(value) for name, value in scores.subscores.items()},
        descent_s=sec(middle(v.descent_s)),
        bottom_hold_s=sec(middle(v.hold_s)),
        ascent_s=sec(middle(v.ascent_s)),
        lumbar_drift_deg_per_rep=deg(drift_per_rep(v)),
        **range_of(protocol),
        **share_of(middle(v.lumbar), middle(v.lumbar_se), protocol),
    )


def _fault(one: AssertedFault) -> Fault:
    return Fault(
        code=one.code,
        reps=[i + 1 for i in one.reps],
        time_s=digits.to_digits(one.time_s, digits.SECONDS),
        value=digits.to_digits(one.value, digits.BY_UNIT.get(one.unit, 0)),
        value_se=digits.to_digits(one.se, digits.BY_UNIT.get(one.unit, 0)),
        limit=one.limit,
        unit=one.unit,
        confidence=digits.to_digits(one.confidence, digits.SHARE),
        severity=one.severity,
        detail=one.detail,
    )


def _protocol(protocol: Protocol) -> ProtocolReport:
    return ProtocolReport(
        name=protocol.name,
        title=protocol.title,
        sha256=protocol.sha256,
        overrides=dict(protocol.overrides),
        limits={name: limit.value for name, limit in protocol.limits.items()},
        warns={name: limit.warn for name, limit in protocol.limits.items()},
        targets={name: target.value for name, target in protocol.targets.items()},
    )


def _provenance(info: TrackInfo) -> Provenance:
    estimator = load_model()
    return Provenance(
        hinge_check=__version__,
        versions=info.versions,
        source_sha256=info.source_sha256,
        model=info.model,
        model_sha256=info.model_sha256,
        estimator=estimator.name,
        estimator_sha256=estimator.sha256,
        frame_size=info.frame_size,
        source_size=info.source_size,
        fps=digits.to_digits(info.fps, digits.SECONDS),
        duration_s=digits.to_digits(info.duration_s, digits.SECONDS),
        speed=info.speed,
        speed_source=info.speed_source,
        trim_s=info.trim_s,
    )
