"""Commands of hinge-check. Nothing heavy is imported before a command needs it, so that help appears at once."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from hinge_check.cli.catalogue import DEFAULT_MODEL, models_app, protocols_app
from hinge_check.cli.extensions import add_extensions
from hinge_check.cli.live import add_live
from hinge_check.cli.native_output import DEBUG_VARIABLE, native_noise_hidden
from hinge_check.cli.options import check_positive, parse_trim, refuse_collisions
from hinge_check.errors import Code, HingeError, UsageError, finding
from hinge_check.options import SideChoice
from hinge_check.version import __version__

if TYPE_CHECKING:
    from rich.console import Console

    from hinge_check.cli.batch import Job, Outcome

DEFAULT_PROTOCOL = "bodyweight_hinge"
INTERRUPTED = 130
"""Exit code of a program stopped by Ctrl-C, as in shells."""


class _CommandGroup(TyperGroup):
    """The one place where an error becomes text on stderr and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except HingeError as error:
            _end_with(error.finding, error.exit_code)
        except UsageError as error:
            _console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt:
            _end_with(finding(Code.INTERRUPTED, "Stopped before the end."), INTERRUPTED)
        except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
            raise
        except Exception as error:
            from hinge_check.cli.batch import UNEXPECTED, unexpected

            if os.environ.get(DEBUG_VARIABLE) == "1":
                traceback.print_exc()
            _console(stderr=True).print(unexpected(error), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(UNEXPECTED) from error


app = typer.Typer(
    cls=_CommandGroup,
    help="Check a hip hinge filmed from the side: how much comes from the hips, how much from the lumbar spine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models_app, name="models")
app.add_typer(protocols_app, name="protocols")

ProtocolOption = Annotated[
    str, typer.Option("--protocol", metavar="NAME|FILE", help="A protocol by name, or a TOML file that changes one.")
]
SideOption = Annotated[SideChoice, typer.Option(help="The side of the body towards the camera.")]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder for the results folders; beside the input without it."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report alone on stdout, all else on stderr.")]
CalibrateOption = Annotated[
    bool,
    typer.Option(
        "--calibrate",
        help="The video shows slow maximal forward bends: measures the person's own lumbar range (person.toml), "
        "judges nothing.",
    ),
]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace an earlier result.")]


def main() -> None:
    """Entry point of `hinge-check`."""
    from hinge_check.cli.signals import stop

    signal.signal(signal.SIGTERM, stop)
    app()


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hinge-check {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def analyze(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO...", help="One or more videos.")],
    out: OutOption = None,
    protocol: ProtocolOption = DEFAULT_PROTOCOL,
    model: Annotated[str, typer.Option(metavar="lite|full|heavy|PATH", help="Pose model bundle.")] = DEFAULT_MODEL,
    side: SideOption = "auto",
    trim: Annotated[
        str | None, typer.Option(metavar="START:END", help="Seconds of the video to use, e.g. 2:14.5, 2: or :10.")
    ] = None,
    speed: Annotated[
        float | None, typer.Option(metavar="X", help="Playback over real speed: 0.125 for 240 fps shown at 30.")
    ] = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Leave out the annotated video.")] = False,
    blur_face: Annotated[bool, typer.Option("--blur-face", help="Blur faces in the annotated video.")] = False,
    calibrate: CalibrateOption = False,
    jobs: Annotated[int, typer.Option(min=1, metavar="N", help="Videos analysed at once.")] = 1,
    max_minutes: Annotated[float, typer.Option(metavar="X", help="Longest video that is accepted.")] = 10.0,
    as_json: JsonOption = False,
    overwrite: OverwriteOption = False,
) -> None:
    """Analyse videos; each leaves a folder NAME.hinge with its report, curves, chart and annotated video."""
    trim_s = parse_trim(trim)
    check_positive("--speed", speed)
    check_positive("--max-minutes", max_minutes)

    from hinge_check.assess.protocol import load_protocol
    from hinge_check.capture.pose_models import bundle
    from hinge_check.cli.batch import Job
    from hinge_check.options import CaptureOptions
    from hinge_check.results import check_free, results_folder

    loaded = load_protocol(protocol)
    folders = [results_folder(video, out) for video in videos]
    refuse_collisions(videos, folders)
    for folder in folders:
        check_free(folder, overwrite=overwrite)
    bundle(model)  # a missing model is not the fault of any video: report it once, before the first
    options = CaptureOptions(model=model, trim_s=trim_s, speed=speed, max_duration_s=max_minutes * 60)
    work = [
        Job(video, folder, loaded, options, side, not no_video, blur_face, overwrite, calibrate)
        for video, folder in zip(videos, folders, strict=True)
    ]
    outcomes = _run_one(work[0]) if len(work) == 1 else _run_many(work, jobs)
    _report_outcomes(work, outcomes, as_json=as_json)
    worst = max(outcome.exit_code for outcome in outcomes)
    if worst:
        raise typer.Exit(worst)


@app.command()
def assess(
    track: Annotated[Path, typer.Argument(metavar="TRACK", help="track.npz of an earlier result.")],
    protocol: ProtocolOption = DEFAULT_PROTOCOL,
    side: SideOption = "auto",
    calibrate: CalibrateOption = False,
    out: OutOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report alone on stdout; writes nothing without --out.")
    ] = False,
    overwrite: OverwriteOption = False,
) -> None:
    """Score a track again, without looking at the video: rewrites report, curves and chart beside it."""
    from hinge_check.analysis import reassess
    from hinge_check.assess.protocol import load_protocol
    from hinge_check.capture.track import PoseTrack
    from hinge_check.cli.console import show_place, show_result
    from hinge_check.results import VIDEO, check_free, check_writable, report_json, rescored_folder, rewrite

    loaded = load_protocol(protocol)
    where = None if as_json and out is None else rescored_folder(track, out)
    if where is not None and out is not None:
        check_free(where, overwrite=overwrite)
    analysis = reassess(PoseTrack.load(track), loaded, side=side, calibrate=calibrate)
    report = analysis.report
    if where is not None:
        check_writable(where)
        rewrite(analysis, where)
        if (where / VIDEO).exists():
            _console(stderr=True).print(f"{VIDEO} still shows the earlier assessment.", highlight=False)
    if as_json:
        typer.echo(report_json(report), nl=False)
    if report.refusal is not None:
        _end_with(finding(report.refusal.code, report.refusal.message, report.refusal.advice), 3)
    if not as_json:
        show_result(_console(), report, where)
    elif where is not None:
        show_place(_console(stderr=True), where)


@app.command()
def schema() -> None:
    """Print the JSON Schema of report.json."""
    import json

    from hinge_check.assess.report import HingeReport

    typer.echo(json.dumps(HingeReport.model_json_schema(mode="serialization"), indent=2))


add_live(app)
add_extensions(app)


def _run_one(job: Job) -> list[Outcome]:
    from hinge_check.cli.batch import run_job
    from hinge_check.cli.console import ProgressBars

    name = job.video.name
    with native_noise_hidden(), ProgressBars(_console(stderr=True)) as bars:
        return [run_job(job, lambda *now: bars.update(name, *now))]


def _run_many(work: list[Job], jobs: int) -> list[Outcome]:
    from hinge_check.cli.batch import run_batch
    from hinge_check.cli.console import ProgressBars, show_failure, show_problem

    console = _console(stderr=True)

    def ended(index: int, outcome: Outcome) -> None:
        name = str(work[index].video)
        bars.done(name)
        if outcome.problem is not None:
            show_problem(console, outcome.problem, name=name)
        elif outcome.failure:
            show_failure(console, outcome.failure, name=name)
        else:
            console.print(f"{name}: done", markup=False, highlight=False, soft_wrap=True)

    with ProgressBars(console) as bars:
        return run_batch(
            work,
            parallel=jobs,
            on_progress=lambda index, *now: bars.update(str(work[index].video), *now),
            on_outcome=ended,
        )


def _report_outcomes(work: list[Job], outcomes: list[Outcome], *, as_json: bool) -> None:
    out = _console(stderr=as_json)
    if len(work) > 1:
        _report_many(out, work, outcomes)
    else:
        _report_one(out, work[0], outcomes[0])
    if as_json:
        _print_json(outcomes)


def _report_one(out: Console, job: Job, outcome: Outcome) -> None:
    from hinge_check.cli.console import show_failure, show_place, show_problem, show_result

    err = _console(stderr=True)
    analysed = outcome.report if outcome.exit_code == 0 else None
    if analysed is not None:
        show_result(out, analysed, job.out_dir)
    if outcome.problem is not None:
        show_problem(err, outcome.problem)
    elif outcome.failure:
        show_failure(err, outcome.failure)
    if outcome.written and analysed is None:
        show_place(err, job.out_dir)


def _report_many(out: Console, work: list[Job], outcomes: list[Outcome]) -> None:
    from hinge_check.cli.console import set_table, show_cue, show_place

    pairs = list(zip(work, outcomes, strict=True))
    reports = [(job.video.name, outcome.report) for job, outcome in pairs if outcome.exit_code == 0 and outcome.report]
    if reports:
        out.print(set_table(reports))
    for name, report in reports:
        show_cue(out, name, report)
    for job, outcome in pairs:
        if outcome.written:
            show_place(out, job.out_dir)


def _print_json(outcomes: list[Outcome]) -> None:
    """Print one report, or an array with `null` for each video that has none."""
    from hinge_check.results import report_json

    texts = ["null\n" if outcome.report is None else report_json(outcome.report) for outcome in outcomes]
    if len(outcomes) > 1:
        typer.echo("[\n" + ",\n".join(text.rstrip("\n") for text in texts) + "\n]")
    elif outcomes[0].report is not None:
        typer.echo(texts[0], nl=False)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    # The stream is looked up now, not when the module was loaded: tests and callers swap it.
    return Console(file=sys.stderr if stderr else sys.stdout)


def _end_with(problem: Any, exit_code: int) -> NoReturn:
    from hinge_check.cli.console import show_problem

    show_problem(_console(stderr=True), problem)
    raise typer.Exit(exit_code)
