"""Quality of a picture for measuring: brightness and sharpness."""

from __future__ import annotations

import cv2

from hinge_check.arrays import GrayImage


def brightness_and_sharpness(gray: GrayImage) -> tuple[float, float]:
    """Return the mean of the 8-bit luma and the variance of its Laplacian (Pech-Pacheco 2000)."""
    return float(gray.mean()), float(cv2.Laplacian(gray, cv2.CV_16S).var())
