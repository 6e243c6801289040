"""Types of the arrays in flight."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.integer[Any]]
RgbImage = npt.NDArray[np.uint8]
"""(H, W, 3), 8 bits a channel, C-contiguous."""
GrayImage = npt.NDArray[np.uint8]
"""(H, W) luma, 8 bits."""

Side = Literal["left", "right"]
"""A side of the body, or of the picture."""
