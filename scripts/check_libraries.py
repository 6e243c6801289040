"""Check for the system libraries that MediaPipe and OpenCV load. Prints what to install; installs nothing."""

from __future__ import annotations

import ctypes
import sys

APT = "sudo apt-get install -y libgl1 libegl1 libgles2 libglib2.0-0"

# MediaPipe's library needs EGL and GLESv2, cv2 needs GL and GLib; the wheels of neither include them.
NEEDED = ("libGL.so.1", "libEGL.so.1", "libGLESv2.so.2", "libglib-2.0.so.0")


def main() -> int:
    """Return 0 when MediaPipe can be loaded, else 1 with a line on stderr to run."""
    missing: list[str] = []
    if sys.platform.startswith("linux"):
        for name in NEEDED:
            try:
                ctypes.CDLL(name)
            except OSError:
                missing.append(name)
    reason = f"missing: {', '.join(missing)}"
    if not missing:
        try:
            import mediapipe  # noqa: F401
        except (ImportError, OSError) as error:
            reason = str(error)
        else:
            return 0
    sys.stderr.write(f"MediaPipe cannot be loaded on this machine ({reason}).\nOn Debian or Ubuntu run:\n  {APT}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
