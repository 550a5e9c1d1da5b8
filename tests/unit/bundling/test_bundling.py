"""Bundles: named by their content, built once, the same everywhere, and free of what no function reads."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from constructs_lib.errors import BundleError
from constructs_lib.model.functions import CodePlan
from constructs_lib.model.plan import ContractPlan
from constructs_lib.patterns.bundling import (
    LAYER_BYTES,
    MOST_BYTES,
    Bundle,
    Bundler,
    BundleTarget,
    install_with_uv,
    unpacked_bytes,
)

LOCK = "six==1.17.0 --hash=sha256:0000\n"


class RecordingInstall:
    """Stands in for uv: notes what it was asked for and leaves the traces that uv leaves."""

    def __init__(self) -> None:
        self.targets: list[BundleTarget] = []

    def __call__(self, requirements: Path, into: Path, target: BundleTarget) -> None:
        self.targets.append(target)
        (into / "dependency").mkdir()
        (into / "dependency" / "__init__.py").write_text(requirements.read_text())
        (into / "dependency" / "__pycache__").mkdir()
        (into / "bin").mkdir()
        (into / ".lock").touch()


@pytest.fixture
def code(tmp_path: Path) -> CodePlan:
    package = tmp_path / "code" / "handlers"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "orders.py").write_text("def land(order, run): ...\n")
    (package / ".secret").write_text("hidden")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "orders.pyc").write_bytes(b"x")
    lock = tmp_path / "requirements.txt"
    lock.write_text(LOCK)
    return CodePlan(origin="user", directory=str(package.parent), package="handlers", requirements=str(lock))


@pytest.fixture
def contract(tmp_path: Path) -> ContractPlan:
    schema = tmp_path / "order.json"
    schema.write_text('{"type": "object"}')
    return ContractPlan(
        id="order",
        version="1",
        schema_file=str(schema),
        schema_hash="0" * 64,
        on_invalid="quarantine",
        on_drift="block",
    )


def bundler(tmp_path: Path, install: RecordingInstall, target: BundleTarget = BundleTarget.LAMBDA) -> Bundler:
    return Bundler(target=target, cache=tmp_path / "cache", install=install)


def names(bundle: Bundle) -> set[str]:
    with zipfile.ZipFile(bundle.archive) as archive:
        return set(archive.namelist())


def test_a_bundle_holds_code_dependencies_and_contract_and_nothing_else(
    tmp_path: Path, code: CodePlan, contract: ContractPlan
) -> None:
    bundle = bundler(tmp_path, RecordingInstall()).user_code(code, contract)
    assert names(bundle) == {
        "handlers/__init__.py",
        "handlers/orders.py",
        "dependency/__init__.py",
        "contract.schema.json",
    }


def test_the_same_content_is_built_once(tmp_path: Path, code: CodePlan) -> None:
    install = RecordingInstall()
    first = bundler(tmp_path, install).user_code(code, None)
    assert bundler(tmp_path, install).user_code(code, None) == first
    assert len(install.targets) == 1


@pytest.mark.parametrize("change", ["code", "lock", "contract", "new file"])
def test_any_change_of_content_gives_another_bundle(
    tmp_path: Path, code: CodePlan, contract: ContractPlan, change: str
) -> None:
    build = bundler(tmp_path, RecordingInstall())
    before = build.user_code(code, contract)
    package = Path(code.directory or "") / "handlers"
    match change:
        case "code":
            (package / "orders.py").write_text("def land(order, run): return 1\n")
        case "lock":
            Path(code.requirements or "").write_text(LOCK + "other==1 --hash=sha256:1\n")
        case "contract":
            Path(str(contract.schema_file)).write_text('{"type": "array"}')
        case _:
            (package / "more.py").write_text("")
    assert build.user_code(code, contract).digest != before.digest


def test_what_does_not_reach_the_function_does_not_change_the_bundle(tmp_path: Path, code: CodePlan) -> None:
    build = bundler(tmp_path, RecordingInstall())
    before = build.user_code(code, None)
    Path(code.requirements or "").write_text(f"# another comment\n\n{LOCK}")
    package = Path(code.directory or "") / "handlers"
    (package / "__pycache__" / "more.pyc").write_bytes(b"y")
    (package.parent / "README.md").write_text("beside the package")
    assert build.user_code(code, None).digest == before.digest


def test_host_and_lambda_have_bundles_of_their_own(tmp_path: Path, code: CodePlan) -> None:
    install = RecordingInstall()
    first = bundler(tmp_path, install, BundleTarget.LAMBDA).user_code(code, None)
    second = bundler(tmp_path, install, BundleTarget.HOST).user_code(code, None)
    assert first.digest != second.digest
    assert install.targets == [BundleTarget.LAMBDA, BundleTarget.HOST]


def test_a_failed_installation_leaves_nothing_behind(tmp_path: Path, code: CodePlan) -> None:
    def fail(requirements: Path, into: Path, target: BundleTarget) -> None:
        raise BundleError.of("dependencies-not-installed", str(requirements), "no", "yes", "try")

    broken = Bundler(cache=tmp_path / "cache", install=fail)
    with pytest.raises(BundleError, match="dependencies-not-installed"):
        broken.user_code(code, None)
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_runtime_layer_is_pure_python_and_holds_the_runtime(tmp_path: Path) -> None:
    bundle = Bundler(cache=tmp_path / "cache").runtime_layer()
    files = names(bundle)
    assert {"python/functions/runtime/__init__.py", "python/functions/verify_webhook/handler.py"} <= files
    assert "python/aws_lambda_powertools/__init__.py" in files
    assert not [file for file in files if file.endswith((".so", ".pyd", ".pyc"))]
    assert not [file for file in files if file.startswith(("python/boto", "python/urllib3"))]


def test_two_builds_of_the_runtime_layer_are_the_same_to_the_byte(tmp_path: Path) -> None:
    one = Bundler(cache=tmp_path / "one").runtime_layer()
    two = Bundler(cache=tmp_path / "two").runtime_layer()
    assert one.digest == two.digest
    assert one.archive.read_bytes() == two.archive.read_bytes()


def test_the_layer_can_be_imported_without_the_library(tmp_path: Path) -> None:
    layer = tmp_path / "layer" / "python"
    with zipfile.ZipFile(Bundler(cache=tmp_path / "cache").runtime_layer().archive) as archive:
        archive.extractall(layer.parent)
    script = "import sys; sys.path.insert(0, sys.argv[1]); import functions.runtime as r; print(r.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", script, str(layer)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.startswith(str(layer))


def test_a_requirement_without_hash_is_refused_with_uvs_own_words(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("six==1.17.0\n")
    with pytest.raises(BundleError, match="hash") as caught:
        install_with_uv(lock, tmp_path / "into", BundleTarget.LAMBDA)
    assert caught.value.faults[0].code == "dependencies-not-installed"


def heavy(_requirements: Path, into: Path, _target: BundleTarget) -> None:
    """Stands in for a library that unpacks to more than Lambda takes, and packs to little."""
    with (into / "large.bin").open("wb") as file:
        file.truncate(MOST_BYTES - LAYER_BYTES)


def test_a_package_that_lambda_would_not_unpack_is_refused_before_it_is_uploaded(
    tmp_path: Path, code: CodePlan
) -> None:
    cache = tmp_path / "cache"
    with pytest.raises(BundleError, match="package-too-large"):
        Bundler(cache=cache, install=heavy).user_code(code, None)
    here = Bundler(target=BundleTarget.HOST, cache=cache, install=heavy).user_code(code, None)
    assert unpacked_bytes(here) > MOST_BYTES - LAYER_BYTES


def test_the_runtime_layer_fits_in_what_is_kept_free_for_it(tmp_path: Path) -> None:
    assert unpacked_bytes(Bundler(cache=tmp_path / "cache").runtime_layer()) < LAYER_BYTES
