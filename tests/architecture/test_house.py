"""Rules of the house that no linter knows: sizes, names, what may be imported where, and that nothing is forgotten."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGES = ("constructs_lib", "functions", "pipelines", "benchmarks")
KINDS = ("event_sources", "runner_classes", "network_profiles", "outputs", "stores", "workflow_states")
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}
LONGEST_FILE = 300
LONGEST_FUNCTION = 50
LONGEST_APP = 40
WITHOUT_CDK = (
    "constructs_lib",
    "constructs_lib.model.event_source",
    "constructs_lib.event_sources",
    "constructs_lib.outputs",
    "constructs_lib.stores",
    "constructs_lib.workflow_states",
    "constructs_lib.network_profiles",
    "constructs_lib.runner_classes",
    "constructs_lib.declaration",
    "constructs_lib.catalog",
    "constructs_lib.composition",
    "constructs_lib.cost",
    "constructs_lib.cli",
)


def sources() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]


def kind_modules() -> Iterator[tuple[str, str]]:
    for package in KINDS:
        for file in sorted((ROOT / "constructs_lib" / package).glob("[a-z]*.py")):
            yield package, file.stem


def rules() -> list[str]:
    return sorted(file.stem for file in (ROOT / "constructs_lib/governance/rules").glob("[a-z]*.py"))


def test_there_is_something_to_judge() -> None:
    assert len(sources()) > 50
    assert len(list(kind_modules())) >= 5
    assert len(rules()) >= 7


@pytest.mark.parametrize("file", sources(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_files_and_functions_stay_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {f.name: (f.end_lineno or 0) - f.lineno + 1 for f in functions}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


def test_no_module_is_named_after_nothing() -> None:
    assert [file for file in sources() if file.stem in NAMELESS or file.parent.name in NAMELESS] == []


def test_the_app_fits_on_one_page() -> None:
    assert len((ROOT / "app.py").read_text().splitlines()) <= LONGEST_APP


def test_only_the_app_the_command_line_and_the_functions_read_the_environment() -> None:
    readers = {file for file in sources() if "os.environ" in file.read_text(encoding="utf-8")}
    drills = "constructs_lib/drills/subject.py"  # gives the handler in this process the environment that Lambda would
    allowed = (
        "functions/",
        "constructs_lib/local/",
        "constructs_lib/cli/",
        "constructs_lib/patterns/bundling.py",
        drills,
    )
    names = {file.relative_to(ROOT).as_posix() for file in readers} - {"app.py"}
    assert {name for name in names if not name.startswith((*allowed, "benchmarks/"))} == set()


@pytest.mark.parametrize("module", WITHOUT_CDK)
def test_what_needs_no_cdk_imports_none_and_starts_no_node(module: str) -> None:
    script = f"import sys, {module}; print([m for m in ('aws_cdk', 'jsii', 'constructs', 'boto3') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("package", "kind"), list(kind_modules()))
def test_every_kind_has_a_test_and_a_page(package: str, kind: str) -> None:
    tests = [file for file in (ROOT / "tests").rglob(f"test_{kind}.py") if package in file.parts]
    assert tests, f"add tests/unit/{package}/test_{kind}.py"
    page = ROOT / "docs" / package.replace("_", "-") / f"{kind}.md"
    assert page.is_file(), f"add {page.relative_to(ROOT)}"


@pytest.mark.parametrize("rule", rules())
def test_every_rule_has_a_test_and_a_page(rule: str) -> None:
    slug = rule.replace("_", "-")
    assert list((ROOT / "tests/unit/governance").rglob(f"test_{rule}.py")), (
        f"add tests/unit/governance/rules/test_{rule}.py"
    )
    assert (ROOT / "docs" / "rules" / f"{slug}.md").is_file(), f"add docs/rules/{slug}.md"


def test_nothing_names_the_machine_it_was_made_on() -> None:
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
    forbidden = ("/wo" + "rk/", "/ro" + "ot/", "regis" + "try.npmjs", "pypi" + ".org")
    found = {
        name: word
        for name in listed
        if (ROOT / name).is_file()
        for word in forbidden
        if word in (ROOT / name).read_text(encoding="utf-8", errors="replace")
    }
    assert found == {}


EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir() and not path.name.startswith("_"))


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_every_example_has_a_declaration_a_test_a_page_and_sample_events(folder: Path) -> None:
    assert list(folder.glob("*.yaml"))
    assert (folder / f"test_{folder.name}.py").is_file()
    assert (folder / "README.md").is_file()
    assert list((folder / "events").glob("*"))
