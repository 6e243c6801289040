"""The results folder: all files of one analysis, complete or not there at all.

Files are written into a hidden folder beside the final one, which is renamed into place when all of them are complete.
Anything that happens before that (an error, a full disk, Ctrl-C) leaves the final place as it was.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hinge_check.assess.lumbar_range import range_of
from hinge_check.assess.report import Cues, HingeReport, Note, ProtocolReport, Summary, ViewReport
from hinge_check.errors import Code, Finding, Refused, UsageError

if TYPE_CHECKING:
    from hinge_check.analysis import Analysis
    from hinge_check.assess.protocol import Protocol
    from hinge_check.capture.track import PoseTrack
    from hinge_check.options import Progress

TRACK = "track.npz"
REPORT = "report.json"
ANGLES = "angles.csv"
REPS = "reps.csv"
CHART = "chart.png"
VIDEO = "annotated.mp4"
CHAPTERS = "chapters.vtt"
OURS = frozenset({TRACK, REPORT, ANGLES, REPS, CHART, VIDEO, CHAPTERS})
"""Files that this module writes for every video; any other file in a results folder is the user's and is kept."""
PERSON = "person.toml"
"""File beside those for a calibration recording: the protocol with the person's own range."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_OURS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENAMETOOLONG})


def results_folder(video: Path, out: Path | None) -> Path:
    """Return the results folder of a video: lift.hinge beside lift.mp4, or in the folder `out`."""
    return (video.parent if out is None else out) / f"{video.stem}.hinge"


def rescored_folder(track: Path, out: Path | None) -> Path:
    """Return the results folder of a re-scored track: in place, or of the same name in the folder `out`."""
    home = track.resolve().parent
    if out is None:
        return home
    return out / (home.name if home.suffix == ".hinge" else f"{track.stem}.hinge")


def report_json(report: HingeReport) -> str:
    """Write the report as the text of report.json: fixed order of keys, missing numbers null."""
    if report.provenance is not None:
        # A track read back from disk has its versions in another order than one just made.
        versions = dict(sorted(report.provenance.versions.items()))
        provenance = report.provenance.model_copy(update={"versions": versions})
        report = report.model_copy(update={"provenance": provenance})
    return report.model_dump_json(indent=2) + "\n"


def check_writable(out_dir: Path) -> None:
    """Check, before the long work, that the results folder can be written.

    Raises
    ------
    Refused
        `output_unwritable` or `disk_full`.
    """
    try:
        out_dir.parent.mkdir(parents=True, exist_ok=True)
        out_dir.exists()  # raises where the name itself is too long
        with tempfile.NamedTemporaryFile(prefix=".hinge-", dir=out_dir.parent) as probe:
            probe.write(b"\0" * 4096)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        raise _refusal(error) or _unwritable() from error


def write_results(
    analysis: Analysis,
    video: Path,
    out_dir: Path,
    *,
    with_video: bool,
    blur_face: bool,
    overwrite: bool,
    progress: Progress,
) -> None:
    """Write everything about one analysis into `out_dir`.

    Raises
    ------
    UsageError
        When `out_dir` exists and `overwrite` is False, or it is no folder.
    Refused
        `output_unwritable` or `disk_full`.
    """
    from hinge_check.present.annotate import annotate

    with _folder(out_dir, overwrite=overwrite) as folder:
        analysis.track.save(folder / TRACK)
        _write_derived(analysis, folder)
        if with_video:
            annotate(video, analysis, folder / VIDEO, blur_face=blur_face, progress=progress)


def write_refusal(report: HingeReport, out_dir: Path, *, track: PoseTrack | None = None, overwrite: bool) -> None:
    """Write the report of a refused video, and its track where one exists.

    Raises
    ------
    UsageError, Refused
        As `write_results`.
    """
    with _folder(out_dir, overwrite=overwrite) as folder:
        if track is not None:
            track.save(folder / TRACK)
        _write_report(report, folder)


def rewrite(analysis: Analysis, out_dir: Path) -> None:
    """Replace the files derived from the track in a results folder, new or old; each file atomically, the report last.

    Of a refused analysis only the report stays: curves of an earlier one would contradict it. An earlier range is
    deleted when the track is read as a calibration again and gives none; scoring it as a lift leaves the range alone.

    Raises
    ------
    Refused
        `output_unwritable` or `disk_full`.
    """
    with _disk_errors():
        out_dir.mkdir(parents=True, exist_ok=True)
        scratch = _scratch(out_dir)
        try:
            stale: tuple[str, ...] = ()
            if analysis.report.status == "refused":
                _write_report(analysis.report, scratch)
                stale = (ANGLES, REPS, CHART, CHAPTERS)
            else:
                _write_derived(analysis, scratch)
            if analysis.report.judged_as == "range" and analysis.person is None:
                stale += (PERSON,)
            for name in stale:
                (out_dir / name).unlink(missing_ok=True)
            for path in sorted(scratch.iterdir(), key=lambda path: path.name == REPORT):
                path.replace(out_dir / path.name)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def refusal_report(refusal: Finding, protocol: Protocol, *, calibrate: bool = False) -> HingeReport:
    """Return the report of a video of which nothing but the refusal is known."""
    return HingeReport(
        status="refused",
        judged_as="range" if calibrate else "hinge",
        refusal=Note(code=refusal.code, message=refusal.message, advice=refusal.advice),
        findings=[],
        view=ViewReport(facing=None, near_side=None, yaw_deg=None, yaw_se_deg=None),
        reps=[],
        summary=Summary(
            reps=0,
            hip_flexion_deg=None,
            lumbar_flexion_deg=None,
            lumbar_flexion_se_deg=None,
            hip_share=None,
            score=None,
            score_se=None,
            **range_of(protocol),
        ),
        faults=[],
        cues=Cues(client=[refusal.advice], clinician=[refusal.message], ear=[]),
        protocol=ProtocolReport(
            name=protocol.name, title=protocol.title, sha256=protocol.sha256, overrides=dict(protocol.overrides)
        ),
        provenance=None,
    )


def _write_derived(analysis: Analysis, folder: Path) -> None:
    from hinge_check.present.charts import draw_chart
    from hinge_check.present.export import write_angles_csv, write_chapters_vtt, write_reps_csv

    write_angles_csv(analysis, folder / ANGLES)
    write_reps_csv(analysis.report, folder / REPS)
    write_chapters_vtt(analysis.report, folder / CHAPTERS)
    draw_chart(analysis, folder / CHART)
    if analysis.person is not None:
        (folder / PERSON).write_text(analysis.person, encoding="utf-8", newline="\n")
    _write_report(analysis.report, folder)


def _write_report(report: HingeReport, folder: Path) -> None:
    (folder / REPORT).write_text(report_json(report), encoding="utf-8", newline="\n")


@contextmanager
def _folder(out_dir: Path, *, overwrite: bool) -> Iterator[Path]:
    """Provide a new folder that becomes `out_dir` when the block succeeds, and is deleted when it fails."""
    check_free(out_dir, overwrite=overwrite)
    with _disk_errors():
        out_dir.parent.mkdir(parents=True, exist_ok=True)
        scratch = _scratch(out_dir.parent)
        try:
            yield scratch
            _move_into_place(scratch, out_dir, overwrite=overwrite)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def check_free(out_dir: Path, *, overwrite: bool) -> None:
    """Refuse to replace an earlier result without `overwrite`.

    Raises
    ------
    UsageError
        When `out_dir` exists and `overwrite` is False, or it is no folder.
    """
    if not os.path.lexists(out_dir):
        return
    if out_dir.is_symlink() or not out_dir.is_dir():
        raise UsageError(f"{out_dir} exists and is no folder; move it away or choose another --out.")
    if not overwrite:
        raise UsageError(f"{out_dir} exists already; add --overwrite to replace it, or choose another --out.")


def _move_into_place(scratch: Path, out_dir: Path, *, overwrite: bool) -> None:
    check_free(out_dir, overwrite=overwrite)  # again: another run may have finished meanwhile
    if not out_dir.exists():
        scratch.rename(out_dir)
        return
    old = scratch.with_name(f"{scratch.name}.old")
    try:
        out_dir.rename(old)
        scratch.rename(out_dir)
    except BaseException:  # also Ctrl-C between the two: the earlier result goes back
        if old.exists() and not out_dir.exists():
            old.rename(out_dir)
        raise
    for path in old.iterdir():
        if path.name not in OURS and path.name != PERSON:
            path.rename(out_dir / path.name)
    shutil.rmtree(old, ignore_errors=True)


def _scratch(parent: Path) -> Path:
    # Not mkdtemp, which makes it private: a result should be as readable as any other new folder.
    scratch = parent / f".hinge-{secrets.token_hex(6)}"
    scratch.mkdir()
    return scratch


@contextmanager
def _disk_errors() -> Iterator[None]:
    """Turn a full disk and an unwritable place into refusals."""
    try:
        yield
    except OSError as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: OSError) -> Refused | None:
    if error.errno in _FULL:
        return Refused(Code.DISK_FULL, "The disk is full, so the result could not be written.")
    return _unwritable() if error.errno in _NOT_OURS else None


def _unwritable() -> Refused:
    return Refused(Code.OUTPUT_UNWRITABLE, "The result's folder cannot be written to.")
