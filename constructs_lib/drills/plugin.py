"""The pytest plug-in: ``pytest --pipeline NAME`` runs every drill against a pipeline.

pytest imports this module in every session, so it imports nothing else until a pipeline is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.drills.registry import Drill
    from constructs_lib.drills.report import Outcome
    from constructs_lib.drills.subject import Subject

OUTCOMES = pytest.StashKey[list["Outcome"]]()
LEFT_OUT = pytest.StashKey[list[str]]()
SUBJECTS = pytest.StashKey[list["Subject"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the drills."""
    group = parser.getgroup("drills", "drills of declared pipelines")
    group.addoption(
        "--pipeline",
        action="append",
        default=[],
        metavar="NAME_OR_FILE",
        help="Drill this pipeline of ./pipelines, or the one of this file; may be given more than once.",
    )
    group.addoption("--drill", action="append", default=[], metavar="NAME", help="Only this drill; may be repeated.")
    group.addoption(
        "--pipeline-catalog", metavar="FILE", help="Catalogue of sizes and dependencies instead of the pinned one."
    )
    group.addoption(
        "--drill-installed", action="store_true", help="Leave out pipelines whose handlers need what is not installed."
    )
    group.addoption("--drill-seed", type=int, default=1, metavar="N", help="Seed of orders and faults (1).")
    group.addoption(
        "--drill-effects",
        metavar="MODULE:FUNCTION",
        help="Returns the effects made elsewhere as pairs of run token and effect: each is to happen once.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load the pipelines; paths that only the settings name are not collected beside drills."""
    config.stash[OUTCOMES] = []
    config.stash[LEFT_OUT] = []
    config.stash[SUBJECTS] = []
    if not config.getoption("--pipeline"):
        if config.getoption("--drill"):
            raise pytest.UsageError(
                "--drill: no pipeline is named; a drill is done with a pipeline; add --pipeline NAME"
            )
        return
    from pathlib import Path

    from constructs_lib.drills.registry import drill
    from constructs_lib.drills.subject import Subject
    from constructs_lib.drills.workers import subjects
    from constructs_lib.errors import UserError

    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = []
    try:
        for name in config.getoption("--drill"):
            drill(name)
        catalog = config.getoption("--pipeline-catalog")
        file = Path(catalog) if catalog else None
        named = (Subject.named(name, file) for name in config.getoption("--pipeline"))
        config.stash[SUBJECTS] = [one for subject in named for one in subjects(subject)]
    except UserError as error:
        raise pytest.UsageError("\n".join(str(fault) for fault in error.faults)) from None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add one item for each pipeline and drill, before ``-k`` and others select."""
    if not config.stash[SUBJECTS]:
        return
    from constructs_lib.drills.registry import drill, drill_names

    drills = [drill(name) for name in config.getoption("--drill") or drill_names()]
    for subject in config.stash[SUBJECTS]:
        missing = _missing(subject) if config.getoption("--drill-installed") else ""
        if missing:
            config.stash[LEFT_OUT].append(f"{subject.name} is left out: {missing}")
            continue
        parent = PipelineDrills.from_parent(session, name=subject.name, nodeid=subject.name)
        for one in drills:
            reason = one.inapplicable(subject)
            if reason:
                config.stash[LEFT_OUT].append(f"{subject.name}  {one.name} is left out: {reason}")
            else:
                items.append(DrillItem.from_parent(parent, name=one.name, drill=one, subject=subject))


def _missing(subject: Subject) -> str:
    """Return why a handler cannot be imported here; empty where it can."""
    from constructs_lib.errors import UserError

    with subject.environment():
        try:
            subject.prepare()
        except UserError as error:
            told = [fault.found for fault in error.faults if fault.code == "handler-not-importable"]
            return "; ".join(told)
    return ""


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print one line for each drill: what it took, and how to do it again."""
    outcomes, left_out = config.stash[OUTCOMES], config.stash[LEFT_OUT]
    if not outcomes and not left_out:
        return
    terminalreporter.section("drills")
    for line in left_out:
        terminalreporter.write_line(line)
    if outcomes:
        _write_table(terminalreporter, outcomes)


def _write_table(terminalreporter: Any, outcomes: list[Outcome]) -> None:
    rows = [("pipeline", "drill", "result", "calls", "crashes", "seed"), *map(_row, outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        terminalreporter.write_line("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)))


def _row(one: Outcome) -> tuple[str, ...]:
    result = "failed" if one.found else "passed"
    return one.pipeline, one.drill, result, str(one.calls), str(one.crashes), str(one.seed)


class PipelineDrills(pytest.Collector):
    """The drills of one pipeline."""

    def collect(self) -> Iterator[pytest.Item]:
        """Its items are made with the session's."""
        return iter(())


class BrokenPromiseError(Exception):
    """A drill that found something; its text is the whole report."""


class DrillItem(pytest.Item):
    """One drill of one pipeline."""

    def __init__(self, *, drill: Drill, subject: Subject, **rest: Any) -> None:
        """Keep what is drilled, and by what."""
        super().__init__(**rest)
        self._drill = drill
        self._subject = subject

    def runtest(self) -> None:
        """Run the drill with the environment that the handler has when it is deployed."""
        with self._subject.environment():
            self._subject.prepare()
            outcome = self._drill.run(self._subject, self.config.getoption("--drill-seed"), self._effects())
        self.config.stash[OUTCOMES].append(outcome)
        if outcome.found:
            raise BrokenPromiseError(outcome.as_text(self._drill.promise))

    def add_report_section(self, when: str, key: str, content: str) -> None:
        """Leave out the log: hundreds of lines of workers that were meant to fail."""
        if key != "log":
            super().add_report_section(when, key, content)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the report alone: where our code noticed a broken promise tells nobody anything."""
        from constructs_lib.errors import UserError

        if isinstance(excinfo.value, BrokenPromiseError | UserError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Name the item by its pipeline and its drill."""
        return self._subject.file, None, f"{self._subject.name}: {self._drill.name}"

    def _effects(self) -> Callable[[], Any] | None:
        named = self.config.getoption("--drill-effects")
        if not named:
            return None
        from constructs_lib.drills.effects import load_effects

        return load_effects(named)
