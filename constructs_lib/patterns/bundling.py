"""Code for Lambda, packaged without Docker: dependencies from a hash-locked file, cached and named by their content."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import functions.contract
from constructs_lib.errors import BundleError
from functions.contract.bundle import CONTRACT_FILE, PARAMETERS_FILE, RESPONSE_FILE

if TYPE_CHECKING:
    from constructs_lib.model.functions import CodePlan
    from constructs_lib.model.plan import ContractPlan, RequestPlan

LAMBDA_PYTHON = "3.13"
"""Python version of the deployed functions."""
LAYER_PACKAGES = (
    "archive_ledger",
    "ask_approval",
    "close_run",
    "contract",
    "control_intake",
    "runtime",
    "seal_ledger",
    "share_out",
    "start_workflow",
    "take_requests",
    "verify_webhook",
)
"""Folders of ``functions`` that the runtime layer carries."""
MOST_BYTES = 250 * 1024 * 1024
"""Bytes of a function's code and layers, unpacked (Lambda quotas)."""
LAYER_BYTES = 30 * 1024 * 1024
"""Bytes kept free for the runtime layer, which is smaller."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip archive can hold."""
_READABLE = 0o100644
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


class BundleTarget(StrEnum):
    """Where the bundle will run: Lambda on arm64, the machine that builds it, or both."""

    LAMBDA = "lambda"
    HOST = "host"
    ANYWHERE = "anywhere"

    @property
    def install_options(self) -> tuple[str, ...]:
        """Options that make uv choose wheels for the target."""
        return _INSTALL_OPTIONS[self]

    @property
    def identity(self) -> str:
        """Text that differs wherever the chosen wheels may differ."""
        if self is BundleTarget.HOST:
            return f"host {sys.platform} {os.uname().machine} {sys.version_info[:2]}"
        return " ".join(self.install_options)


_INSTALL_OPTIONS: dict[BundleTarget, tuple[str, ...]] = {
    BundleTarget.HOST: (),
    BundleTarget.LAMBDA: ("--python-platform", "aarch64-manylinux2014", "--python-version", LAMBDA_PYTHON),
    # A platform that nobody compiles wheels for leaves the ones in pure Python, or fails and says which has none.
    BundleTarget.ANYWHERE: ("--python-platform", "wasm32-pyodide2024", "--python-version", LAMBDA_PYTHON),
}


@dataclass(frozen=True)
class Bundle:
    """A finished zip archive and the digest of all that went into it.

    One file instead of hundreds: CDK copies an asset for each app, and a layer as a folder costs 0.15 s each time.
    """

    archive: Path
    digest: str


Install = Callable[[Path, Path, BundleTarget], None]
"""Installs a requirements file into a folder for a target."""


def install_with_uv(requirements: Path, into: Path, target: BundleTarget) -> None:
    """Install locked wheels with uv; raises ``BundleError`` with uv's own words when it cannot."""
    from uv import find_uv_bin

    command = [find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += ["--python", sys.executable, "--target", str(into), "-r", str(requirements), *target.install_options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BundleError.of(
            code="dependencies-not-installed",
            path=str(requirements),
            found=f"uv said: {done.stderr.strip() or done.stdout.strip()}",
            allowed=f"every line is pinned with hashes and has a wheel for the target {target.value}",
            fix="lock the file again with `uv pip compile --universal --generate-hashes`, or choose another version",
        )


def default_cache() -> Path:
    """Return the user's cache folder for bundles."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "serverless-pipelines" / "bundles"


@dataclass(frozen=True)
class Bundler:
    """Builds bundles for one target; the same content is built once per machine and is the same on every machine."""

    target: BundleTarget = BundleTarget.LAMBDA
    cache: Path = field(default_factory=default_cache)
    install: Install = install_with_uv

    def runtime_layer(self) -> Bundle:
        """Return the layer: the runtime, the platform's functions and their dependencies below ``python/``.

        It holds no compiled code, so that one layer serves every architecture and a run on this machine.
        """
        home = Path(functions.contract.__file__).parent.parent
        lock = home / "layer-requirements.txt"
        sources = {f"functions/{name}": home / name for name in LAYER_PACKAGES}
        sources["functions/__init__.py"] = home / "__init__.py"
        return self._build("runtime-layer", BundleTarget.ANYWHERE, sources, lock, below="python")

    def user_code(self, code: CodePlan, contract: ContractPlan | None, request: RequestPlan | None = None) -> Bundle:
        """Return the user's package with its dependencies, and the schemas of contract and response beside it."""
        if code.directory is None or code.package is None:
            raise ValueError("platform code lives in the runtime layer and has no bundle of its own")
        package = Path(code.directory) / code.package
        source = package if package.is_dir() else package.with_suffix(".py")
        sources = {source.name: source, **_schemas(contract, request)}
        sources |= {file.place: Path(file.source) for file in code.files}
        lock = Path(code.requirements) if code.requirements else None
        bundle = self._build(code.package, self.target, sources, lock)
        if self.target is BundleTarget.LAMBDA:
            _refuse_too_large(code, bundle)
        return bundle

    def schemas(self, contract: ContractPlan | None, request: RequestPlan | None) -> Bundle | None:
        """Return the schemas alone, for a platform function that checks records; None where there are none."""
        sources = _schemas(contract, request)
        return self._build("schemas", self.target, sources, None) if sources else None

    def _build(
        self, name: str, target: BundleTarget, sources: dict[str, Path], lock: Path | None, below: str = ""
    ) -> Bundle:
        digest = _digest(target, sources, lock)
        finished = self.cache / f"{name}-{target.value}-{digest[:16]}.zip"
        if not finished.is_file():
            self.cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.cache, prefix=".building-") as scratch:
                folder, archive = Path(scratch) / "bundle", Path(scratch) / "bundle.zip"
                self._fill(folder / below, target, sources, lock)
                _pack(folder, archive)
                archive.replace(finished)
        return Bundle(archive=finished, digest=digest)

    def _fill(self, into: Path, target: BundleTarget, sources: dict[str, Path], lock: Path | None) -> None:
        into.mkdir(parents=True)
        if lock is not None:
            self.install(lock, into, target)
            _remove_traces(into)
        for relative, source in sources.items():
            place = into / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, place, ignore=_IGNORED)
            else:
                shutil.copyfile(source, place)


def _schemas(contract: ContractPlan | None, request: RequestPlan | None) -> dict[str, Path]:
    files = {
        CONTRACT_FILE: contract.schema_file if contract else None,
        PARAMETERS_FILE: request.parameters_file if request else None,
        RESPONSE_FILE: request.response_file if request else None,
    }
    return {name: Path(file) for name, file in files.items() if file}


def unpacked_bytes(bundle: Bundle) -> int:
    """Return how large a bundle is once Lambda has unpacked it."""
    with zipfile.ZipFile(bundle.archive) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _refuse_too_large(code: CodePlan, bundle: Bundle) -> None:
    size, most = unpacked_bytes(bundle), MOST_BYTES - LAYER_BYTES
    if size > most:
        raise BundleError.of(
            code="package-too-large",
            path=str(code.requirements or code.directory),
            found=f"code and dependencies of {code.package} unpack to {size / 10**6:,.0f} MB",
            allowed=f"{most / 10**6:,.0f} MB: Lambda takes 250 MiB, the runtime layer among them",
            fix="leave out what the handler does not import, or take smaller builds of the libraries",
        )


def _digest(target: BundleTarget, sources: dict[str, Path], lock: Path | None) -> str:
    digest = hashlib.sha256(target.identity.encode())
    if lock is not None:
        digest.update(_locked_lines(lock))
    for relative, source in sorted(sources.items()):
        for file in _files(source):
            inner = file.relative_to(source).as_posix() if source.is_dir() else ""
            content = file.read_bytes()
            digest.update(f"\0{relative}/{inner}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(source: Path) -> Iterable[Path]:
    if source.is_file():
        return [source]
    found = (file for file in source.rglob("*") if file.is_file() and file.suffix != ".pyc")
    return sorted(file for file in found if not any(p.startswith((".", "__pycache__")) for p in _inner(file, source)))


def _inner(file: Path, source: Path) -> tuple[str, ...]:
    return file.relative_to(source).parts


def _locked_lines(lock: Path) -> bytes:
    """Return what of a requirements file decides the outcome: everything but comments."""
    lines = (line.strip() for line in lock.read_text().splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#")).encode()


def _remove_traces(directory: Path) -> None:
    """Remove what an installation leaves behind and no function reads: launchers, locks, byte code."""
    shutil.rmtree(directory / "bin", ignore_errors=True)
    (directory / ".lock").unlink(missing_ok=True)
    for cache in sorted(directory.rglob("__pycache__")):
        shutil.rmtree(cache)


def _pack(folder: Path, archive: Path) -> None:
    """Write a folder as an archive that is the same to the byte wherever and whenever it is made."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), date_time=_EPOCH)
            entry.external_attr = _READABLE << 16
            packed.writestr(entry, file.read_bytes(), compress_type=zipfile.ZIP_DEFLATED)
