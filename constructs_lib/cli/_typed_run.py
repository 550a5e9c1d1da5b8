"""The module that tells mypy what one pipeline declares: its outputs, its stores, and a run that has just these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.contract.environment import Variable, load_stores

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.declaration import PipelineDeclaration
    from constructs_lib.model.plan import PipelinePlan
    from functions.contract.environment import StoreSettings

_ROLES = {"read": "Reader", "write": "Writer", "delete": "Deleter"}
_EVERYTHING = "_".join(_ROLES)
_ANY = "typing.Any"


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


def typed_run(declaration: PipelineDeclaration, plan: PipelinePlan) -> str:
    """Return the text of the module."""
    outputs = [_Attribute(o.called, o.draft_type, f"Output of type {o.type}.") for o in declaration.outputs]
    stores = [_Attribute(s.name, _protocol(s), f"A {s.type} for {_use(s)}.") for s in _stores(plan)]
    prefix = "".join(part.capitalize() for part in plan.pipeline.split("-"))
    return "\n".join(
        [
            f'"""What a run of {plan.pipeline} has; written by `pipelines types`, not by hand."""',
            "",
            "from __future__ import annotations",
            "",
            *_imports({attribute.type for attribute in (*outputs, *stores)}),
            "",
            "",
            *_protocol_class(f"{prefix}Outputs", "Where a run may write.", outputs),
            "",
            "",
            *_protocol_class(f"{prefix}Stores", "What a run reads and writes at once.", stores),
            "",
            "",
            "@dataclass(frozen=True, kw_only=True)",
            f"class {prefix}Run(DeclaredRun):",
            f'    """One attempt at one record of {plan.pipeline}."""',
            "",
            f"    outputs: {prefix}Outputs",
            f"    stores: {prefix}Stores",
            "",
        ]
    )


def _stores(plan: PipelinePlan) -> tuple[StoreSettings, ...]:
    variables = {variable.name: variable.value for variable in plan.function(plan.runner).environment}
    return load_stores(variables.get(Variable.STORES, "[]"))


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
