"""A room, its light, a phone and the person, rendered by Blender's Cycles on the CPU. Needs bpy."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from validation.rig.blender import Material, box, bpy, linear, move, plane, quiet, scratch_picture, surface
from validation.rig.camera import azimuth, place_camera
from validation.rig.mesh import FloatArray, IntArray
from validation.rig.spec import BackgroundSpec, ClipSpec, LightSpec, RenderSpec
from validation.rig.textures import TEXTURES

MARGIN = (34, 14, 34, 26)
"""Pixels left, top, right, bottom of the person that are rendered anew for every frame, for the shadows."""

FEATHER = 12
"""Pixels over which the rendered part blends into the still background."""

UP = np.array([0.0, 0.0, 1.0])

mathutils: Any = importlib.import_module("mathutils")


class Scene:
    """One clip's scene: `show` the person once, then `render` frame after frame; `close` at the end."""

    def __init__(self, spec: ClipSpec) -> None:
        with quiet():
            bpy.ops.wm.read_factory_settings(use_empty=True)
        self._scene = bpy.context.scene
        self.width, self.height = spec.render.width, spec.render.height
        self.camera = place_camera(spec.camera, self.width, self.height)
        self._to_camera = azimuth(spec.camera)
        self._right = np.cross(UP, self._to_camera)
        self._picture = scratch_picture()
        self._meshes: dict[str, Any] = {}
        self._settings(spec.render, spec.light.exposure)
        self._place_camera()
        self._room(spec.background, np.random.default_rng(spec.seed + 77))
        self._light(spec.light)
        self._background = self._still(spec.render.plate_samples)

    def _settings(self, render: RenderSpec, exposure: float) -> None:
        scene, cycles = self._scene, self._scene.cycles
        scene.render.engine = "CYCLES"
        cycles.device = "CPU"
        cycles.samples = render.samples
        cycles.use_adaptive_sampling = False
        cycles.use_denoising = render.denoise
        cycles.denoiser = "OPENIMAGEDENOISE"
        cycles.denoising_quality = "FAST"
        cycles.denoising_prefilter = "NONE"
        cycles.denoising_input_passes = "RGB_ALBEDO"
        cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 2, 1, 1
        cycles.use_light_tree = False
        cycles.use_fast_gi = True
        cycles.fast_gi_method = "REPLACE"
        cycles.ao_bounces_render = 1
        cycles.sampling_pattern = "BLUE_NOISE"
        cycles.transmission_bounces = cycles.volume_bounces = cycles.transparent_max_bounces = 0
        cycles.caustics_reflective = cycles.caustics_refractive = False
        cycles.sample_clamp_indirect = 4
        cycles.pixel_filter_type = "BLACKMAN_HARRIS"
        cycles.seed = 1
        scene.render.use_persistent_data = True
        scene.render.threads_mode = "FIXED"
        scene.render.threads = render.threads
        scene.render.resolution_x, scene.render.resolution_y = self.width, self.height
        scene.render.resolution_percentage = 100
        scene.view_settings.view_transform = "Filmic"
        scene.view_settings.look = "Medium High Contrast"
        scene.view_settings.exposure = exposure
        scene.render.image_settings.file_format = "BMP"
        scene.render.filepath = str(self._picture)

    def _place_camera(self) -> None:
        data = bpy.data.cameras.new("camera")
        data.sensor_fit = "AUTO"
        data.sensor_width = 36
        data.lens = 36 * self.camera.focal / max(self.width, self.height)
        made = bpy.data.objects.new("camera", data)
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = self.camera.rotation.T, self.camera.centre
        made.matrix_world = mathutils.Matrix(pose.tolist())
        self._scene.collection.objects.link(made)
        self._scene.camera = made

    def _room(self, room: BackgroundSpec, rng: np.random.Generator) -> None:
        angle = np.radians(room.wall_angle)
        out = self._to_camera * np.cos(angle) + self._right * np.sin(angle)
        along = np.cross(UP, out)
        floor_texture = TEXTURES[room.floor](rng, room.floor_color)
        floor = Material(texture=floor_texture, rough=room.floor_rough).build("floor")
        wall_texture = TEXTURES[room.wall](rng, room.wall_color)
        wall = Material(texture=wall_texture, rough=0.9, shine=0.1).build("wall")
        tall, half, deep = 2.7, 6.0, 9.0
        foot = -out * room.wall_dist
        left, right = foot - along * half, foot + along * half
        s = room.floor_scale
        plane(
            "floor",
            [left, right, right + out * deep, left + out * deep],
            [(0, 0), (2 * half / s, 0), (2 * half / s, deep / s), (0, deep / s)],
            floor,
        )
        s = room.wall_scale
        corners = [(0.0, 0.0), (2 * half / s, 0.0), (2 * half / s, tall / s), (0.0, tall / s)]
        plane("wall", [left, right, right + UP * tall, left + UP * tall], corners, wall)
        turn = float(np.arctan2(along[1], along[0]))
        skirting = Material(room.skirt, rough=0.5).build("skirting")
        box("skirting", foot + out * 0.01 + UP * 0.05, (2 * half, 0.03, 0.10), skirting, turn)
        if room.side_wall is not None:
            corner = foot + along * room.side_wall
            far = corner + out * deep
            corners = [(0.0, 0.0), (deep / s, 0.0), (deep / s, tall / s), (0.0, tall / s)]
            plane("side_wall", [corner, far, far + UP * tall, corner + UP * tall], corners, wall)
        for prop in room.props:
            x, back, up, width, depth, height = prop.box
            material = Material(prop.color, rough=prop.rough).build("prop")
            centre = foot + along * x + out * back + UP * up
            box("prop", centre, (width, depth, height), material, turn + np.radians(prop.rot))

    def _light(self, light: LightSpec) -> None:
        world = bpy.data.worlds.new("world")
        self._scene.world = world
        world.use_nodes = True
        sky = world.node_tree.nodes["Background"]
        sky.inputs[0].default_value = (*linear(light.ambient_color), 1)
        sky.inputs[1].default_value = light.ambient
        for area in light.areas:
            data = bpy.data.lights.new("area", "AREA")
            data.energy, data.size, data.color = area.power, area.size, tuple(linear(area.color))
            made = bpy.data.objects.new("area", data)
            right, towards, up = area.pos
            position = self._right * right + self._to_camera * towards + UP * up
            made.location = tuple(position)
            aim = mathutils.Vector((0, 0, 0.8)) - mathutils.Vector(tuple(position))
            made.rotation_euler = aim.to_track_quat("-Z", "Y").to_euler()
            self._scene.collection.objects.link(made)

    def show(
        self,
        parts: Mapping[str, FloatArray],
        faces: Mapping[str, IntArray],
        materials: Mapping[str, Material],
        colours: FloatArray,
        rest: Mapping[str, FloatArray],
    ) -> None:
        """Put the parts of the person into the scene; `colours` (V, 3) paint the skin of part "body"."""
        for name, vertices in parts.items():
            paint = colours if name == "body" else None
            self._meshes[name] = surface(
                name, vertices, faces[name], materials[name].build(name), paint, rest.get(name, vertices)
            )

    def _shot(self) -> FloatArray:
        with quiet():
            bpy.ops.render.render(write_still=True)
        picture = cv2.imread(str(self._picture))
        if picture is None:
            raise RuntimeError("Blender wrote no picture")
        return picture[:, :, ::-1].astype(np.float32)

    def _still(self, samples: int) -> FloatArray:
        """Return the empty room, rendered once."""
        cycles = self._scene.cycles
        usual, cycles.samples = cycles.samples, samples
        picture = self._shot()
        cycles.samples = usual
        return picture

    def render(self, parts: Mapping[str, FloatArray]) -> FloatArray:
        """Render the posed person into the room: (height, width, 3) 0..255, rendered around them and blended."""
        for name, vertices in parts.items():
            move(self._meshes[name], vertices)
        seen = self.camera.project(np.concatenate(list(parts.values())))
        left, top, right, bottom = MARGIN
        x0, x1 = max(0, int(seen[:, 0].min() - left)), min(self.width, int(seen[:, 0].max() + right) + 1)
        y0, y1 = max(0, int(seen[:, 1].min() - top)), min(self.height, int(seen[:, 1].max() + bottom) + 1)
        settings = self._scene.render
        settings.use_border = settings.use_crop_to_border = True
        settings.border_min_x, settings.border_max_x = (x0 + 0.01) / self.width, (x1 + 0.01) / self.width
        settings.border_min_y, settings.border_max_y = 1 - (y1 - 0.01) / self.height, 1 - (y0 - 0.01) / self.height
        picture = self._shot()
        if picture.shape[:2] != (y1 - y0, x1 - x0):
            raise RuntimeError(f"Blender rendered {picture.shape[:2]} for {(y1 - y0, x1 - x0)}")
        fade = _ramp(y1 - y0, y0 > 0, y1 < self.height)[:, None] * _ramp(x1 - x0, x0 > 0, x1 < self.width)[None]
        out = self._background.copy()
        out[y0:y1, x0:x1] = fade[..., None] * picture + (1 - fade[..., None]) * out[y0:y1, x0:x1]
        return out

    def close(self) -> None:
        """Delete the scratch picture."""
        self._picture.unlink(missing_ok=True)


def _ramp(count: int, low: bool, high: bool) -> FloatArray:
    """Return (count,) 1 inside, falling to 0 over `FEATHER` at the sides that are no picture border."""
    i = np.arange(count)
    rise = (i + 1) / FEATHER if low else np.ones(count)
    fall = (count - i) / FEATHER if high else np.ones(count)
    return np.clip(np.minimum(rise, fall), 0, 1)
