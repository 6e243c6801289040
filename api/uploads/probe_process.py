"""The process that probes one video: a task comes in on stdin, one line of JSON goes out on stdout."""

from __future__ import annotations

import contextlib
import json
import os
import sys

from api.uploads.probe import ADVICE, ProbeTask
from api.uploads.remux import examine
from hinge_check.errors import Code, Finding, HingeError


def main() -> None:
    """Entry point of `python -m api.uploads.probe_process`: a task on stdin, one line on stdout."""
    stdout = os.dup(1)
    os.dup2(2, 1)  # what native code prints must not end up in the answer
    task = ProbeTask.model_validate_json(sys.stdin.buffer.read())
    _apply_limits(task)
    with os.fdopen(stdout, "w", encoding="utf-8") as out:
        out.write(json.dumps(_run(task)) + "\n")


def _run(task: ProbeTask) -> dict[str, object]:
    try:
        return {"examined": examine(task.source, task.folder, task.limits).model_dump(mode="json")}
    except HingeError as error:
        return {"refused": _as_json(error.finding)}
    except MemoryError:
        return {"refused": (Code.TOO_LARGE, "This video needs more memory than is given to it.", ADVICE)}
    except OSError as error:
        return {"error": type(error).__name__, "errno": error.errno}


def _as_json(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.message, finding.advice


def _apply_limits(task: ProbeTask) -> None:
    with contextlib.suppress(OSError):
        os.nice(5)
    try:
        import resource
    except ImportError:  # not a Unix: time is limited all the same
        return
    limits = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, task.file_bytes),
        (resource.RLIMIT_DATA, task.memory_bytes),
    )
    for kind, value in limits:
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


if __name__ == "__main__":
    main()
