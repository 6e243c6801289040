"""A checker of hip hinges filmed from the side: how much comes from the hips, how much from the lumbar spine.

    from hinge_check import analyze, load_protocol

    report = analyze(Path("lift.mp4"), load_protocol("rdl")).report

The names below are the whole public API; they are imported on first use, so that `import hinge_check` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hinge_check.version import __version__

if TYPE_CHECKING:
    from hinge_check.analysis import Analysis, analyze, reassess
    from hinge_check.assess.protocol import Protocol, load_protocol
    from hinge_check.assess.report import HingeReport
    from hinge_check.capture.track import PoseTrack
    from hinge_check.errors import Code, Finding, HingeError, InstallationError, Refused, UsageError
    from hinge_check.options import CaptureOptions

_HOME = {
    "Analysis": "hinge_check.analysis",
    "CaptureOptions": "hinge_check.options",
    "Code": "hinge_check.errors",
    "Finding": "hinge_check.errors",
    "HingeError": "hinge_check.errors",
    "HingeReport": "hinge_check.assess.report",
    "InstallationError": "hinge_check.errors",
    "PoseTrack": "hinge_check.capture.track",
    "Protocol": "hinge_check.assess.protocol",
    "Refused": "hinge_check.errors",
    "UsageError": "hinge_check.errors",
    "analyze": "hinge_check.analysis",
    "load_protocol": "hinge_check.assess.protocol",
    "reassess": "hinge_check.analysis",
}

__all__ = [
    "Analysis",
    "CaptureOptions",
    "Code",
    "Finding",
    "HingeError",
    "HingeReport",
    "InstallationError",
    "PoseTrack",
    "Protocol",
    "Refused",
    "UsageError",
    "__version__",
    "analyze",
    "load_protocol",
    "reassess",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
