"""``pytest --pipeline``: the examples pass every drill, and a bad handler fails those that are about it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import constructs_lib
from constructs_lib.drills.registry import drill_names
from tests.declarations import write_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from _pytest.pytester import Pytester, RunResult

pytest_plugins = ["pytester"]

ROOT = Path(constructs_lib.__file__).parents[1]
EXAMPLES = ("partner-orders", "regional-sales", "shop-orders", "stock-levels")
OF_OTHER_SOURCES = {"filtered", "malformed-envelope", "order-kept", "read-again", "shard-moves-on"}
NOT_OF_QUEUES = OF_OTHER_SOURCES | {"group-crash-after-effect", "group-duplicate", "group-poison"}
OF_QUEUES = {"out-of-order", "timeout-mid-batch"}
DECLARATION = """\
version: 1
pipeline: sent-orders
owner: orders@example.com
contract: {{ id: order, version: "1", schema: schemas/order.json }}
source: {source}
runner: {{ handler: "{package}.orders:land_order" }}
idempotency: {{ key: [body.order_id] }}
outputs: [{{ type: raw }}]
"""
HANDLER = """\
import uuid
from functions.runtime import Run, runner

EFFECTS = []

def effects():
    return EFFECTS

@runner
def land_order(order: dict, run: Run) -> object:
{body}
"""
CURRENCIES = """
from enum import Enum

class Currency(Enum):
    EUR = "EUR"
    JPY = "JPY"
    currency_name = property(lambda currency: currency.value)
"""
"""What the example handler needs of its own dependency, which is in its bundle and not in this environment."""
PLUGIN = ("-p", "constructs_lib.drills.plugin", "-p", "no:cacheprovider")


@pytest.fixture
def drilled(pytester: Pytester) -> Callable[..., RunResult]:
    """Run the drills over a project whose handler has this body; each test has a package of its own."""

    def run(body: str, *arguments: str, source: str = "{ type: queue }") -> RunResult:
        folder = pytester.path / "pipelines"
        write_project(folder)
        package = f"handlers_{pytester.path.name.rstrip('0')}".lower()
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        (folder / package / "orders.py").write_text(HANDLER.format(body=lines))
        (folder / "sent-orders.yaml").write_text(DECLARATION.format(package=package, source=source))
        plugin = (
            "-p",
            "constructs_lib.drills.plugin",
            "-p",
            "no:cacheprovider",
            "--drill-effects",
            f"{package}.orders:effects",
        )
        return pytester.runpytest_inprocess(*plugin, "--pipeline", "sent-orders", *arguments)

    return run


def failed(result: RunResult) -> set[str]:
    return {line.split("::")[-1].split()[0] for line in result.outlines if line.startswith("FAILED")}


def rows(result: RunResult) -> list[str]:
    return [line for line in result.outlines if line.startswith("sent-orders  ")]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_pipeline_passes_every_drill(pytester: Pytester, name: str) -> None:
    pytester.makepyfile(iso4217=CURRENCIES)
    pytester.syspathinsert()
    file = ROOT / "pipelines" / f"{name}.yaml"
    result = pytester.runpytest_inprocess("-p", "constructs_lib.drills.plugin", "--pipeline", str(file))
    left_out = OF_OTHER_SOURCES if name == "regional-sales" else NOT_OF_QUEUES
    result.assert_outcomes(passed=len(drill_names()) - len(left_out))


def test_a_pipeline_that_answers_requests_passes_every_drill_that_is_about_requests(pytester: Pytester) -> None:
    file = ROOT / "pipelines" / "price-quotes.yaml"
    result = pytester.runpytest_inprocess("-p", "constructs_lib.drills.plugin", "--pipeline", str(file))
    result.assert_outcomes(passed=len(drill_names()) - len(OF_QUEUES | NOT_OF_QUEUES))
    for name in OF_QUEUES | NOT_OF_QUEUES:
        result.stdout.fnmatch_lines([f"price-quotes  {name} is left out: *"])


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        ("run.outputs.raw.put(order)\nreturn order", set()),
        ('run.outputs.raw.put({"id": uuid.uuid4().hex})\nreturn order', {"duplicate", "crash-after-effect"}),
        ("try:\n    run.outputs.raw.put(order)\nexcept Exception:\n    pass\nreturn order", {"poison"}),
        ("run.outputs.raw.put(order)\nreturn uuid.uuid4().hex", {"duplicate"}),
    ],
)
def test_a_bad_handler_of_requests_fails_exactly_the_drills_that_are_about_it(
    drilled: Callable[..., RunResult], body: str, broken: set[str]
) -> None:
    result = drilled(body, source='{ type: http, mode: sync, path: "/orders", auth: { type: iam } }')
    assert failed(result) == broken


def test_a_plain_handler_passes_and_the_summary_names_every_drill(drilled: Callable[..., RunResult]) -> None:
    result = drilled("run.outputs.raw.put(order)")
    result.assert_outcomes(passed=len(drill_names()) - len(NOT_OF_QUEUES))
    result.stdout.fnmatch_lines(["sent-orders  group-poison is left out: its records are not collected into groups"])
    result.stdout.fnmatch_lines(["pipeline *drill *result *calls *crashes *seed*"])
    for name in set(drill_names()) - NOT_OF_QUEUES:
        result.stdout.fnmatch_lines([f"sent-orders *{name} *passed *"])


def test_a_handler_that_lands_a_fresh_id_fails_exactly_the_drills_about_repeats(
    drilled: Callable[..., RunResult],
) -> None:
    result = drilled('run.outputs.raw.put({**order, "landed_as": uuid.uuid4().hex})')
    assert failed(result) == {"duplicate", "crash-after-effect"}
    result.stdout.fnmatch_lines(["*way out*derive ids from run.token*"])


def test_a_handler_that_swallows_errors_fails_exactly_the_poison_drill(drilled: Callable[..., RunResult]) -> None:
    result = drilled("try:\n    run.outputs.raw.put(order)\nexcept Exception:\n    pass")
    assert failed(result) == {"poison"}
    result.stdout.fnmatch_lines(["*found*it is told as succeeded*"])


def test_an_effect_made_elsewhere_twice_is_found_and_one_under_the_run_token_is_not(
    drilled: Callable[..., RunResult],
) -> None:
    once = "if run.token not in dict(EFFECTS):\n    EFFECTS.append((run.token, 'mail'))\nrun.outputs.raw.put(order)"
    drilled(once, "--drill", "crash-after-effect", "--drill", "expired-lease").assert_outcomes(passed=2)


def test_an_effect_that_happens_again_fails_the_crash_drill(drilled: Callable[..., RunResult]) -> None:
    again = "EFFECTS.append((run.token, 'mail'))\nrun.outputs.raw.put(order)"
    result = drilled(again, "--drill", "crash-after-effect")
    assert failed(result) == {"crash-after-effect"}
    result.stdout.fnmatch_lines(["*effect made elsewhere happens once*"])


def test_a_failure_is_a_report_with_the_command_that_replays_it_and_no_traceback(
    drilled: Callable[..., RunResult],
) -> None:
    result = drilled("run.outputs.raw.put(uuid.uuid4().hex)", "--drill", "duplicate", "--drill-seed", "7")
    result.stdout.fnmatch_lines(
        [
            "*promise*",
            "*done*",
            "*expected*",
            "*found*",
            "*way out*",
            "*seed*7",
            "*pytest --pipeline sent-orders --drill duplicate --drill-seed 7",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert "constructs_lib/drills" not in result.stdout.str()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--pipeline", "sold-orders"), "pipeline-unknown"), (("--drill", "flood"), "drill-unknown")],
)
def test_a_pipeline_or_a_drill_that_does_not_exist_is_a_wrong_use(
    drilled: Callable[..., RunResult], arguments: tuple[str, str], code: str
) -> None:
    result = drilled("pass", *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{code}*"])


def test_a_seed_gives_the_same_calls_again(drilled: Callable[..., RunResult], pytester: Pytester) -> None:
    arguments = ("--drill", "partial-outage", "--drill", "out-of-order", "--drill-seed", "3")
    first = rows(drilled("run.outputs.raw.put(order)", *arguments))
    again = rows(pytester.runpytest_inprocess(*PLUGIN, "--pipeline", "sent-orders", *arguments))
    assert first == again
    assert len(first) == 2


def test_the_plugin_costs_a_session_without_drills_no_import() -> None:
    script = (
        "import sys, constructs_lib.drills.plugin;"
        "print([m for m in ('yaml', 'botocore', 'pydantic', 'jmespath', 'functions') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
