"""The page of the examples: what each shows, and which source was run into which output on the embedded AWS."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from constructs_lib.cli._diagram import mermaid
from constructs_lib.cli._diagram_workflow import workflow_picture
from constructs_lib.cli._reference.markdown import code, page, prose, table
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.folder import load_pipelines
from constructs_lib.declaration.pipeline import PipelineDeclaration
from constructs_lib.event_sources import EVENT_SOURCES
from constructs_lib.outputs import OUTPUTS

PAIRS = Path("tests", "local", "pairs")
"""Declarations of a test in which every source writes to every output."""
_ABOUT = (
    "Each example is a folder with declarations, a handler, sample events, a test and a page of its own. Its test "
    "synthesises it under governance, deploys it to the embedded AWS, and pushes events through. "
    "`make examples` runs all, `make examples ARGS=examples/webhook_orders` one."
)
_MATRIX = (
    "A cell names the examples in which a source of the row was run into an output of the column. `pairs` stands for "
    "`tests/local/test_pairs.py`, which runs one event of each source into every output. What the emulated AWS leaves "
    "out is listed on [the run on this machine](../local-run.md)."
)

_WORKFLOWS = (
    "Drawn from the declarations, as `pipelines plan --format mermaid` draws any. Dotted arrows are taken after an "
    "error; what takes a step back stands beside it."
)
_FAN_OUTS = "Each worker stands between its own two queues; what is replayed to one of them reaches no other."


@dataclass(frozen=True)
class Example:
    """One folder of declarations and what its test says of itself."""

    name: str
    declarations: tuple[PipelineDeclaration, ...]
    shows: str

    @property
    def sources(self) -> tuple[str, ...]:
        """What starts its pipelines, each once."""
        return tuple(dict.fromkeys(map(source_of, self.declarations)))

    @property
    def outputs(self) -> tuple[str, ...]:
        """Where its pipelines write, each once."""
        return tuple(dict.fromkeys(output.type for one in self.declarations for output in one.outputs))


def example_page(project: Path) -> str:
    """Return the page; the folders below ``examples`` are read."""
    examples = tuple(_examples(project / "examples"))
    rows = [
        (f"[{one.name}](../../examples/{one.name}/README.md)", _listed(one.sources), _listed(one.outputs), one.shows)
        for one in examples
    ]
    what = table(("example", "source", "outputs", "what its test shows"), rows)
    matrix = ("## Which source was run into which output", _MATRIX, _matrix(project, examples))
    return page("Examples", _ABOUT, what, *matrix, *workflow_pictures(examples), *fan_out_pictures(examples))


def workflow_pictures(examples: tuple[Example, ...]) -> Iterator[str]:
    """Yield a picture of every workflow below its pipeline's name; nothing where there is none."""
    found = [(one.name, made) for one in examples for made in one.declarations if made.workflow is not None]
    if found:
        yield "## The workflows"
        yield _WORKFLOWS
    for name, declaration in found:
        if declaration.workflow is not None:
            yield f"### `{declaration.pipeline}` of [{name}](../../examples/{name}/README.md)"
            yield f"```mermaid\n{workflow_picture(declaration.workflow)}```"


def fan_out_pictures(examples: tuple[Example, ...]) -> Iterator[str]:
    """Yield a picture of every pipeline with workers below its name; nothing where there is none."""
    found = [(one.name, made) for one in examples for made in one.declarations if made.fan_out is not None]
    if found:
        yield "## The fan-outs"
        yield _FAN_OUTS
    for name, declaration in found:
        yield f"### `{declaration.pipeline}` of [{name}](../../examples/{name}/README.md)"
        yield f"```mermaid\n{mermaid(plan_pipeline(declaration))}```"


def source_of(declaration: PipelineDeclaration) -> str:
    """Return the kind of a source, told apart where the caller waits for the answer."""
    kind = declaration.source.type
    return f"{kind} (sync)" if declaration.source.delivery() == "answer" else kind


def _matrix(project: Path, examples: tuple[Example, ...]) -> str:
    ran: dict[tuple[str, str], list[str]] = defaultdict(list)
    pairs = load_pipelines(project / PAIRS) if (project / PAIRS).is_dir() else ()
    for name, declarations in (*((one.name, one.declarations) for one in examples), ("pairs", pairs)):
        for declaration in declarations:
            for output in declaration.outputs:
                cell = ran[source_of(declaration), output.type]
                if name not in cell:
                    cell.append(name)
    sources = list(dict.fromkeys([*(kind.model_fields["type"].default for kind in EVENT_SOURCES), "http (sync)"]))
    outputs = [kind.model_fields["type"].default for kind in OUTPUTS]
    rows = [
        (code(source), *(", ".join(ran[source, output]) or "–" for output in outputs)) for source in sorted(sources)
    ]
    return table(("source", *map(code, outputs)), rows)


def _examples(folder: Path) -> Iterator[Example]:
    for place in sorted(path for path in folder.iterdir() if (path / "README.md").is_file()):
        test = place / f"test_{place.name}.py"
        shows = ast.get_docstring(ast.parse(test.read_text(encoding="utf-8"))) or ""
        yield Example(place.name, load_pipelines(place), prose(shows))


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(map(code, words)) or "none"
