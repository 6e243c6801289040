"""Indices of MediaPipe's 33 pose landmarks. None lies between shoulder and hip: the back is measured by its edge."""

from __future__ import annotations

from hinge_check.arrays import Side

N_LANDMARKS = 33

NOSE = 0
L_EAR, R_EAR = 7, 8
L_SHOULDER, R_SHOULDER, L_ELBOW, R_ELBOW, L_WRIST, R_WRIST = 11, 12, 13, 14, 15, 16
L_HIP, R_HIP, L_KNEE, R_KNEE, L_ANKLE, R_ANKLE = 23, 24, 25, 26, 27, 28
L_HEEL, R_HEEL, L_TOE, R_TOE = 29, 30, 31, 32

FACE = slice(NOSE, L_SHOULDER)
"""Nose, eyes, ears and mouth."""

# Pairs, left before right: lists, because they index an axis of an array.
EARS = [L_EAR, R_EAR]
SHOULDERS = [L_SHOULDER, R_SHOULDER]
HIPS = [L_HIP, R_HIP]
KNEES = [L_KNEE, R_KNEE]
ANKLES = [L_ANKLE, R_ANKLE]
HEELS = [L_HEEL, R_HEEL]
TOES = [L_TOE, R_TOE]

# The same as slices, which copy nothing: for points read at every frame.
SHOULDER_PAIR = slice(L_SHOULDER, R_SHOULDER + 1)
HIP_PAIR = slice(L_HIP, R_HIP + 1)
FEET = slice(L_HEEL, R_TOE + 1)
"""Left heel, right heel, left toes, right toes."""

BODY_CHAIN: dict[Side, tuple[int, ...]] = {
    "left": (L_ANKLE, L_KNEE, L_HIP, L_SHOULDER, L_EAR),
    "right": (R_ANKLE, R_KNEE, R_HIP, R_SHOULDER, R_EAR),
}
"""Ankle, knee, hip, shoulder and ear of a side."""

ARM_CHAIN: dict[Side, tuple[int, ...]] = {
    "left": (L_SHOULDER, L_ELBOW, L_WRIST),
    "right": (R_SHOULDER, R_ELBOW, R_WRIST),
}
"""Shoulder, elbow and wrist of a side."""
