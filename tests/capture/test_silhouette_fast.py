"""Edges of the trunk by the fast method, beside those of a recording."""

from __future__ import annotations

import numpy as np

from hinge_check.capture.silhouette import trunk_edges
from hinge_check.capture.silhouette_fast import trunk_edges_fast


def test_fast_edges_match_those_of_a_recording() -> None:
    rows, columns = np.mgrid[:120, :110].astype(np.float32)
    for lean, soft in ((0.0, 1.0), (0.4, 3.0), (-0.7, 6.0)):
        middle = 55 + lean * (rows - 60)
        mask = np.clip(0.5 + (22 - np.abs(columns - middle)) / (2 * soft), 0, 1).astype(np.float32)
        hip, shoulder = np.array([55 + lean * 28, 88.0]), np.array([55 - lean * 35, 25.0])
        whole, _ = trunk_edges(mask, hip, shoulder)
        quick = trunk_edges_fast(mask, hip, shoulder)
        # A ray that grazes the mask's border may be lost.
        assert (np.isnan(whole) != np.isnan(quick)).sum() <= 1
        assert np.isfinite(quick).any()
        assert np.nanmax(np.abs(whole - quick)) < 0.03
    assert np.isnan(trunk_edges_fast(mask, hip, hip)).all()
