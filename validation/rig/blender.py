"""Small pieces of Blender: materials, planes, boxes, meshes. Needs bpy."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from validation.rig.mesh import FloatArray, IntArray
from validation.rig.spec import Colour

bpy: Any = importlib.import_module("bpy")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Blender's own chatter (written from C) off standard output."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def linear(colour: Sequence[float] | FloatArray) -> FloatArray:
    """Convert sRGB to linear light."""
    c = np.asarray(colour, float)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


@dataclass(frozen=True, slots=True)
class Material:
    """The look of a surface. `bump` makes folds or pile of `bump_scale` a metre, fixed to the rest pose."""

    colour: Colour | None = None
    texture: FloatArray | None = None
    vertex_colours: bool = False
    rough: float = 0.7
    shine: float = 0.3
    metal: float = 0.0
    bump: float = 0.0
    bump_scale: float = 40.0

    def build(self, name: str) -> Any:
        """Create the Blender material."""
        material = bpy.data.materials.new(name)
        material.use_nodes = True
        tree = material.node_tree
        surface = tree.nodes["Principled BSDF"]
        surface.inputs["Roughness"].default_value = self.rough
        surface.inputs["Specular IOR Level"].default_value = self.shine
        surface.inputs["Metallic"].default_value = self.metal
        if self.colour is not None:
            surface.inputs["Base Color"].default_value = (*linear(self.colour), 1)
        if self.texture is not None:
            node = tree.nodes.new("ShaderNodeTexImage")
            node.image = _picture(name, self.texture)
            tree.links.new(node.outputs["Color"], surface.inputs["Base Color"])
        if self.vertex_colours:
            node = tree.nodes.new("ShaderNodeVertexColor")
            node.layer_name = "col"
            tree.links.new(node.outputs["Color"], surface.inputs["Base Color"])
        if self.bump:
            noise = tree.nodes.new("ShaderNodeTexNoise")
            noise.inputs["Scale"].default_value = self.bump_scale
            noise.inputs["Detail"].default_value = 2
            place = tree.nodes.new("ShaderNodeAttribute")
            place.attribute_name = "restpos"
            tree.links.new(place.outputs["Vector"], noise.inputs["Vector"])
            bump = tree.nodes.new("ShaderNodeBump")
            bump.inputs["Strength"].default_value = self.bump
            bump.inputs["Distance"].default_value = 0.02
            tree.links.new(noise.outputs["Fac"], bump.inputs["Height"])
            tree.links.new(bump.outputs["Normal"], surface.inputs["Normal"])
        return material


def _picture(name: str, pixels: FloatArray) -> Any:
    height, width = pixels.shape[:2]
    picture = bpy.data.images.new(name, width, height)
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :3] = pixels
    picture.pixels.foreach_set(rgba.ravel())
    picture.pack()
    return picture


def plane(name: str, corners: Sequence[FloatArray], uv: Sequence[tuple[float, float]], material: Any) -> None:
    """Add a rectangle with texture coordinates."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([tuple(c) for c in corners], [], [(0, 1, 2, 3)])
    layer = mesh.uv_layers.new(name="uv")
    for i, place in enumerate(uv):
        layer.data[i].uv = place
    mesh.materials.append(material)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new(name, mesh))


def box(name: str, centre: FloatArray, size: Sequence[float], material: Any, turn: float = 0.0) -> None:
    """Add a box, turned about the vertical."""
    bpy.ops.mesh.primitive_cube_add(size=1, location=tuple(centre), rotation=(0, 0, turn))
    made = bpy.context.object
    made.scale = tuple(size)
    made.name = name
    made.data.materials.append(material)


def surface(
    name: str, vertices: FloatArray, faces: IntArray, material: Any, colours: FloatArray | None, rest: FloatArray
) -> Any:
    """Add a smooth mesh; move it later through `move`."""
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", np.asarray(vertices, np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.ravel().astype(np.int32))
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, 3, dtype=np.int32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), bool))
    if colours is not None:
        rgba = np.ones((len(vertices), 4), np.float32)
        rgba[:, :3] = linear(colours)
        mesh.color_attributes.new("col", "FLOAT_COLOR", "POINT").data.foreach_set("color", rgba.ravel())
    mesh.attributes.new("restpos", "FLOAT_VECTOR", "POINT").data.foreach_set(
        "vector", np.asarray(rest, np.float32).ravel()
    )
    mesh.update(calc_edges=True)
    mesh.validate()
    mesh.materials.append(material)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new(name, mesh))
    return mesh


def move(mesh: Any, vertices: FloatArray) -> None:
    """Set the vertices of a mesh."""
    mesh.vertices.foreach_set("co", np.asarray(vertices, np.float32).ravel())
    mesh.update()
    mesh.update_tag()


def scratch_picture() -> Path:
    """Return where a rendered picture lands before it is read back; in memory where the system has such a place."""
    memory = Path("/dev/shm")
    folder = memory if memory.is_dir() else Path(os.environ.get("TMPDIR", "/tmp"))
    return folder / f"rig_{os.getpid()}.bmp"
