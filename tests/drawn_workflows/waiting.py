"""Random steps that send, and that wait for a person, an outside job or another workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.drawn_workflows.author import BELOW, HANDLER
from tests.drawn_workflows.script import PENDING, SILENCE, path_of

if TYPE_CHECKING:
    from tests.drawn_workflows.author import Author, Json, Where

OUTPUTS = [
    {"type": "queue", "name": "notices"},
    {"type": "topic", "name": "news"},
    {"type": "event_bus", "name": "told", "detail_type": "Told"},
]
UNDER: list[Json] = [
    {
        "type": "task",
        "name": "under",
        "handler": HANDLER,
        "timeout": "1m",
        "input": "{% $record.body.of %}",
        "retry": {"max_attempts": 2, "interval": "3s", "jitter": "none", "errors": ["Busy"]},
        "undo": {"handler": HANDLER, "timeout": "1m", "retry": {"max_attempts": 1}},
    },
    {"type": "wait", "name": "pause", "duration": "2s"},
    {
        "type": "task",
        "name": "over",
        "handler": HANDLER,
        "timeout": "1m",
        "input": "{% $under %}",
        "retry": {"max_attempts": 1},
    },
]
"""The steps of the other workflow."""


def send(author: Author, known: list[str], where: Where) -> Json:
    """Return a step that sends; its value says which step of which item it is."""
    name = author.name("send")
    author.acts(name, where)
    value = {"path": _told(name, where), "of": author.read(known, where)}
    output = author.one_of("notices", "news", "told")
    return {"type": "send", "name": name, "output": output, "value": value, **author.care(name, where)}


def approval(author: Author, known: list[str], where: Where) -> Json:
    """Return a gate."""
    name = author.name("gate")
    author.acts(name, where, "ApprovalRejected", SILENCE)
    message = {"of": author.read(known, where)}
    limit = author.one_of("20s", "1m")
    care = author.care(name, where, "ApprovalRejected", "ApprovalExpired")
    return {"type": "approval", "name": name, "message": message, "timeout": limit, **care}


def callback(author: Author, known: list[str], where: Where) -> Json:
    """Return a task that waits until an outside job calls back."""
    step = author.task(known, where, callback=True)
    author.acts(step["name"], where, "Busy", "Declined", SILENCE)
    return {**step, "name": step["name"], **({"heartbeat": "15s"} if author.seldom(3) else {})}


def job(author: Author, known: list[str], where: Where) -> Json:
    """Return a step that asks for outside work until it is done."""
    name = author.name("job")
    author.acts(f"{name}_start", where)
    author.acts(f"{name}_check", where, PENDING, PENDING, *(() if author.sure else ("Busy", "Declined", "Permanent")))
    check = {"handler": HANDLER, "timeout": "1m"} if author.seldom(2) else author.code(known, where)
    limits = {"interval": f"{author.one_of(3, 8)}s", "timeout": "20h" if author.sure else author.one_of("10s", "1m")}
    start = author.code(known, where)
    return {"type": "job", "name": name, "start": start, "check": check, **limits, **author.care(name, where)}


def below(author: Author, known: list[str], where: Where) -> Json:
    """Return a step that runs the other workflow."""
    name = author.name("sub")
    for numbers in where.items:
        author.paths |= {f"{path_of(name, numbers)}/{one}": (None, "Busy", "Declined") for one in ("under", "over")}
    given = {"from": _told(name, where), "of": author.read(known, where)}
    care = author.care(name, where, "States.TaskFailed")
    limit = author.one_of("4s", "1m")
    return {"type": "workflow", "name": name, "pipeline": BELOW, "input": given, "timeout": limit, **care}


def _told(name: str, where: Where) -> Json:
    """Return the path of a step as a value; steps that need it stand in one map at most."""
    return {"step": name, "items": ["{% $index %}"] if "index" in where.words else []}
