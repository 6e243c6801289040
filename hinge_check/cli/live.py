"""Command `hinge-check live`: coaching before a camera, in a window or as lines of JSON."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hinge_check.cli.catalogue import DEFAULT_MODEL
from hinge_check.cli.native_output import native_noise_hidden
from hinge_check.errors import UsageError

if TYPE_CHECKING:
    from hinge_check.assess.protocol import Protocol
    from hinge_check.capture.pose_models import BundleFile
    from hinge_check.capture.track_builder import TrackBuilder
    from hinge_check.desktop.voice import Voice
    from hinge_check.live import LiveCoach

SESSION = "session.json"
"""Summary of a recorded session with the best and the worst repetition, beside its results."""


def live(
    camera: Annotated[int, typer.Option(min=0, metavar="N", help="Which camera; 0 is the first.")] = 0,
    source: Annotated[
        Path | None, typer.Option("--source", metavar="VIDEO", help="A video played at its own pace, not a camera.")
    ] = None,
    protocol: Annotated[
        str,
        typer.Option("--protocol", metavar="NAME|FILE", help="A protocol by name, or a TOML file that changes one."),
    ] = "bodyweight_hinge",
    model: Annotated[str, typer.Option(metavar="lite|full|heavy|PATH", help="Pose model bundle.")] = DEFAULT_MODEL,
    voice: Annotated[bool, typer.Option("--voice", help="Speak cues and counts.")] = False,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="DIR", help="Keep results, track and the drawn video in this folder."),
    ] = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="No window: print every change as one line of JSON.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier recording.")] = False,
) -> None:
    """Coach live before a camera. Keys: space rests and goes on, q ends, r begins again, m mutes."""
    from hinge_check.assess.protocol import load_protocol
    from hinge_check.capture.pose_models import bundle
    from hinge_check.results import check_free, check_writable, results_folder

    loaded = load_protocol(protocol)
    model_file = bundle(model)
    if not headless:
        from hinge_check.desktop.display import check_display

        check_display()
    folder: Path | None = None
    if record is not None:
        name = source if source is not None else Path(f"live-{time.strftime('%Y%m%d-%H%M%S')}")
        folder = results_folder(name, record)
        check_free(folder, overwrite=overwrite)
        check_writable(folder)
    coach = _run_session(
        loaded, model_file, camera, source, folder, speak=voice, headless=headless, overwrite=overwrite
    )
    if coach is not None:
        _print_summary(coach, folder, headless=headless)


def _run_session(
    protocol: Protocol,
    model: BundleFile,
    camera: int,
    source: Path | None,
    folder: Path | None,
    *,
    speak: bool,
    headless: bool,
    overwrite: bool,
) -> LiveCoach | None:
    """Coach, and save what was asked for."""
    from importlib.metadata import version

    from hinge_check.capture.pose import MediaPipePose, PeopleScan
    from hinge_check.capture.track_builder import TrackBuilder
    from hinge_check.capture.video_writer import VideoWriter
    from hinge_check.capture.webcam import LatestFrames, camera_frames, file_frames
    from hinge_check.desktop.display import FrameRenderer, JsonLines, Window
    from hinge_check.desktop.loop import run
    from hinge_check.live import LiveCoach

    versions = {name: version(name) for name in ("mediapipe", "av", "numpy")}
    builder = TrackBuilder() if folder is not None else None

    def make_coach(size: tuple[int, int]) -> LiveCoach:
        return LiveCoach(protocol, frame_size=size, model=model.name, model_sha256=model.sha256, versions=versions)

    with native_noise_hidden(), ExitStack() as stack:
        frames = LatestFrames(camera_frames(camera) if source is None else file_frames(source))
        video: Path | None = None
        if folder is not None:
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix=".hinge-live-", dir=folder.parent))
            video = Path(scratch) / "live.mp4"
        with ExitStack() as session_stack:  # ends before the results are written, so that the video is complete
            renderer = FrameRenderer(
                _voice(session_stack) if speak else None,
                None
                if video is None
                else lambda size: session_stack.enter_context(VideoWriter(video, size, max_fps=30.0)),
            )
            display = (
                JsonLines(renderer, typer.echo) if headless else session_stack.enter_context(closing(Window(renderer)))
            )
            estimator = session_stack.enter_context(closing(MediaPipePose(model.path)))
            scan = session_stack.enter_context(closing(PeopleScan(model.path)))
            coach, lost = run(frames, estimator, make_coach, display, scan=scan, builder=builder)
        if coach is not None and builder is not None and folder is not None and video is not None:
            _save_results(coach, builder, protocol, video, folder, overwrite=overwrite)
    if lost is not None:
        if coach is not None:
            _print_summary(coach, folder, headless=headless)
        raise lost
    if coach is None:
        raise UsageError("There was no picture.")
    return coach


def _voice(stack: ExitStack) -> Voice | None:
    """Open the machine's voice, or report on stderr that there is none."""
    from hinge_check.desktop.voice import HOW_TO, Voice, find_voice

    voice = find_voice()
    if voice is None:
        typer.echo(HOW_TO, err=True)
        return None
    return stack.enter_context(Voice(voice))


def _save_results(
    coach: LiveCoach, builder: TrackBuilder, protocol: Protocol, video: Path, folder: Path, *, overwrite: bool
) -> None:
    """Write the results folder: the whole recording assessed as a file is, with the pictures as they were shown."""
    from dataclasses import replace

    from hinge_check.analysis import reassess
    from hinge_check.results import VIDEO, write_refusal, write_results

    track = builder.track(coach.info)
    duration_s = float(track.time_s[-1] - track.time_s[0])
    rate = (len(track) - 1) / duration_s if duration_s > 0 else 0.0
    track = replace(track, info=replace(track.info, duration_s=duration_s, fps=rate))
    analysis = reassess(track, protocol)
    if analysis.report.refusal is not None:
        write_refusal(analysis.report, folder, track=track, overwrite=overwrite)
    else:
        write_results(
            analysis,
            video,
            folder,
            with_video=False,
            blur_face=False,
            overwrite=overwrite,
            progress=lambda *_: None,
        )
    if video.exists():
        video.replace(folder / VIDEO)
    summary = json.dumps(coach.summary().as_json(), indent=2, ensure_ascii=False) + "\n"
    (folder / SESSION).write_text(summary, encoding="utf-8", newline="\n")


def _print_summary(coach: LiveCoach, folder: Path | None, *, headless: bool) -> None:
    """Print the summary of the session in words, or as two last lines of JSON."""
    from rich.console import Console

    from hinge_check.cli.console import show_problem, show_result
    from hinge_check.errors import finding

    report, summary = coach.report(), coach.summary()
    if headless:
        typer.echo(json.dumps({"summary": summary.as_json()}, ensure_ascii=False))
        typer.echo(json.dumps({"report": json.loads(report.model_dump_json())}, ensure_ascii=False))
        return
    console = Console(file=sys.stdout)
    if report.refusal is not None:
        show_problem(console, finding(report.refusal.code, report.refusal.message, report.refusal.advice))
        return
    show_result(console, report, folder)
    for name, moment in (("Best", summary.best), ("To work on", summary.worst)):
        if moment is not None:
            at = f"set {moment.set}, repetition {moment.rep}"
            console.print(f"{name}: {at}, score {moment.score:.0f}, {moment.time_s:.1f} s.", highlight=False)


def add_live(app: typer.Typer) -> None:
    """Register the command with the application."""
    app.command()(live)
