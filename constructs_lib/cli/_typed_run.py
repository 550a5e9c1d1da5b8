"""The module that tells mypy what one pipeline declares: for each handler its outputs, its stores, and its run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.contract.environment import Variable, load_outputs, load_stores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.declaration import PipelineDeclaration
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.plan import PipelinePlan
    from functions.contract.environment import StoreSettings

_ROLES = {"read": "Reader", "write": "Writer", "delete": "Deleter"}
_EVERYTHING = "_".join(_ROLES)
_ANY = "typing.Any"
_STEP = "functions.contract.workflow.StepFacts"


@dataclass(frozen=True)
class _Attribute:
    """One name and its type, as module and class."""

    name: str
    type: str
    meaning: str

    @property
    def word(self) -> str:
        return self.type.rpartition(".")[2]

    def lines(self) -> list[str]:
        head = ["", "    @property", f"    def {self.name}(self) -> {self.word}:"]
        return [*head, f'        """{self.meaning}"""']


def module_name(pipeline: str) -> str:
    """Return the name of a pipeline's module."""
    return f"{pipeline.replace('-', '_')}_run"


@dataclass(frozen=True)
class _Handler:
    """One function of the user's: how its classes begin, what its run is of, and what it declares."""

    prefix: str
    of: str
    outputs: tuple[_Attribute, ...]
    stores: tuple[_Attribute, ...]
    is_step: bool = False

    def lines(self) -> list[str]:
        step = ["    step: StepFacts"] if self.is_step else []
        return [
            *_protocol_class(f"{self.prefix}Outputs", "Where a run may write.", self.outputs),
            "",
            "",
            *_protocol_class(f"{self.prefix}Stores", "What a run reads and writes at once.", self.stores),
            "",
            "",
            "@dataclass(frozen=True, kw_only=True)",
            f"class {self.prefix}Run(DeclaredRun):",
            f'    """One attempt at {self.of}."""',
            "",
            f"    outputs: {self.prefix}Outputs",
            f"    stores: {self.prefix}Stores",
            *step,
        ]


def typed_run(declaration: PipelineDeclaration, plan: PipelinePlan) -> str:
    """Return the text of the module."""
    handlers = list(_handlers(declaration, plan))
    types = {attribute.type for one in handlers for attribute in (*one.outputs, *one.stores)}
    types |= {_STEP for one in handlers if one.is_step}
    classes = [line for one in handlers for line in ("", "", *one.lines())]
    return "\n".join(
        [
            f'"""What a run of {plan.pipeline} has; written by `pipelines types`, not by hand."""',
            "",
            "from __future__ import annotations",
            "",
            *_imports(types),
            *classes,
            "",
        ]
    )


def _handlers(declaration: PipelineDeclaration, plan: PipelinePlan) -> Iterator[_Handler]:
    """Yield the runner, or each function of the user's where there are steps or workers."""
    prefix = "".join(part.capitalize() for part in plan.pipeline.split("-"))
    if declaration.runner:
        yield _handler(declaration, plan.function(plan.runner), prefix, f"one record of {plan.pipeline}")
        return
    for function in plan.functions:
        if function.code.origin == "user":
            yield _handler(declaration, function, f"{prefix}{_class_word(function.id)}", function.id)


def _handler(declaration: PipelineDeclaration, function: FunctionPlan, prefix: str, of: str) -> _Handler:
    variables = {variable.name: variable.value for variable in function.environment}
    written = {output.name for output in load_outputs(variables.get(Variable.OUTPUTS, "[]"))}
    declared = (output for output in declaration.outputs if output.called in written)
    outputs = tuple(_Attribute(o.called, o.draft_type, f"Output of type {o.type}.") for o in declared)
    used = load_stores(variables.get(Variable.STORES, "[]"))
    stores = tuple(_Attribute(s.name, _protocol(s), f"A {s.type} for {_use(s)}.") for s in used)
    return _Handler(prefix, of, outputs, stores, Variable.STEP in variables)


def _class_word(id: str) -> str:
    """Return a function's id as a part of a class name; numbers keep their underscore, so no two become one."""
    return "".join(part.capitalize() if part[:1].isalpha() else f"_{part}" for part in id.split("_"))


def _protocol(store: StoreSettings) -> str:
    roles = "" if store.access == _EVERYTHING else "".join(_ROLES[word] for word in store.access.split("_"))
    return f"functions.runtime.stores.{store.type.capitalize()}{roles}"


def _use(store: StoreSettings) -> str:
    *rest, last = [{"read": "reading", "write": "writing", "delete": "deleting"}[w] for w in store.access.split("_")]
    return f"{', '.join(rest)} and {last}" if rest else last


def _imports(types: set[str]) -> list[str]:
    modules: dict[str, set[str]] = {"functions.runtime.run": {"DeclaredRun"}}
    for name in types - {_ANY}:
        module, _, word = name.rpartition(".")
        modules.setdefault(module, set()).add(word)
    typing = "Any, Protocol" if _ANY in types else "Protocol"
    known = ["from dataclasses import dataclass", f"from typing import {typing}", ""]
    return [*known, *(f"from {module} import {', '.join(sorted(words))}" for module, words in sorted(modules.items()))]


def _protocol_class(name: str, meaning: str, attributes: Iterable[_Attribute]) -> list[str]:
    head = [f"class {name}(Protocol):", f'    """{meaning}"""']
    return [*head, *(line for attribute in attributes for line in attribute.lines())]
