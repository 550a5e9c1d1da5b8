"""Which pipelines an app holds, so that governance can judge them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from constructs import IConstruct

    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.plan import PipelinePlan


@dataclass(frozen=True)
class Subject:
    """A pipeline of an app: what was declared, what was planned, and the path of its construct."""

    declaration: PipelineDeclaration
    plan: PipelinePlan
    construct_path: str


_subjects: WeakKeyDictionary[IConstruct, list[Subject]] = WeakKeyDictionary()


def register(root: IConstruct, subject: Subject) -> None:
    """Note a pipeline below the root of a construct tree."""
    _subjects.setdefault(root, []).append(subject)


def subjects_of(root: IConstruct) -> tuple[Subject, ...]:
    """Return the pipelines below a root in the order in which they were made."""
    return tuple(_subjects.get(root, ()))
