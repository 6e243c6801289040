"""An invitation as a QR code: a phone's camera reads it off the clinician's screen."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr(link: str) -> Markup:
    """Return the link as a QR code (ISO/IEC 18004), inline SVG; black on white in every theme, for cameras to read."""
    code = segno.make_qr(link, error="m")
    return Markup(code.svg_inline(border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None))
