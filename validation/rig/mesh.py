"""Triangle meshes as arrays: normals, neighbours, smoothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]
BoolArray = npt.NDArray[np.bool_]


def incidence(faces: IntArray, n: int) -> Any:
    """Return the (n, F) sparse matrix that adds up, for every vertex, the values of its faces."""
    count = len(faces)
    return sp.csr_matrix((np.ones(3 * count), (faces.T.ravel(), np.tile(np.arange(count), 3))), (n, count))


def normals(vertices: FloatArray, faces: IntArray, around: Any) -> FloatArray:
    """Return (n, 3) unit vertex normals, outwards for counter-clockwise faces; `around` is the mesh's `incidence`."""
    face = np.cross(
        vertices[faces[:, 1]] - vertices[faces[:, 0]],
        vertices[faces[:, 2]] - vertices[faces[:, 0]],
    )
    vertex = around @ face
    return np.asarray(vertex / (np.linalg.norm(vertex, axis=1, keepdims=True) + 1e-12))


def edges(faces: IntArray) -> IntArray:
    """Return (3 F, 2) directed edges of the faces."""
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])


def _mean_of_neighbours(pairs: IntArray, n: int) -> Any:
    both = np.concatenate([pairs, pairs[:, ::-1]])
    adjacency = sp.csr_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), (n, n))
    adjacency.data[:] = 1
    degree = np.asarray(adjacency.sum(1)).ravel()
    return sp.diags(1 / np.maximum(degree, 1)) @ adjacency


def neighbour_mean(faces: IntArray, n: int) -> Any:
    """Return the (n, n) sparse matrix that replaces a value at a vertex by the mean of its neighbours'."""
    return _mean_of_neighbours(edges(faces), n)


def hem(faces: IntArray, n: int) -> tuple[BoolArray, Any]:
    """Return (n,) True on the open border of a mesh, and the neighbour mean along that border alone."""
    unique, count = np.unique(np.sort(edges(faces), axis=1), axis=0, return_counts=True)
    border = unique[count == 1]
    on = np.zeros(n, bool)
    on[np.unique(border)] = True
    return on, _mean_of_neighbours(border, n)


def smooth_noise(mean: Any, n: int, rounds: int, rng: np.random.Generator) -> FloatArray:
    """Return an (n,) random field of unit variance whose bumps grow with the number of smoothing rounds."""
    field = rng.standard_normal(n)
    for _ in range(rounds):
        field = 0.5 * field + 0.5 * (mean @ field)
    return np.asarray((field - field.mean()) / (field.std() + 1e-12))


def tube(path: FloatArray, radius: FloatArray, sides: int = 10) -> tuple[FloatArray, IntArray]:
    """Return the vertices and faces of a closed tube along (P, 3) points with (P,) radii."""
    path = np.asarray(path, float)
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
    aside = np.cross(tangent, [1.0, 0.0, 0.0])
    weak = np.linalg.norm(aside, axis=1) < 0.2
    aside[weak] = np.cross(tangent[weak], [0.0, 1.0, 0.0])
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    other = np.cross(tangent, aside)
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.cos(turn)[None, :, None] * aside[:, None] + np.sin(turn)[None, :, None] * other[:, None]
    body = (path[:, None] + np.asarray(radius, float)[:, None, None] * ring).reshape(-1, 3)
    vertices = np.concatenate([body, path[:1], path[-1:]])
    faces = tube_faces(len(path), sides)
    return vertices, faces


def tube_faces(points: int, sides: int = 10) -> IntArray:
    """Return the faces of `tube`, which depend on the counts only."""
    faces: list[tuple[int, int, int]] = []
    for i in range(points - 1):
        for k in range(sides):
            a, b = i * sides + k, i * sides + (k + 1) % sides
            faces += [(a, b, a + sides), (b, b + sides, a + sides)]
    first, last = points * sides, points * sides + 1
    for k in range(sides):
        faces.append((first, (k + 1) % sides, k))
        faces.append((last, (points - 1) * sides + k, (points - 1) * sides + (k + 1) % sides))
    return np.array(faces)
