"""The functions that Step Functions adds to JSONata, and those of time, which tell the simulated one."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from constructs_lib.model.jsonata_engine import jsonata_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ALGORITHMS = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")


def functions_of(now: Callable[[], float], source: random.Random) -> Mapping[str, Any]:
    """Return the functions by name; ``now`` in seconds since 1970, ``source`` of ``$random`` and ``$uuid``."""

    def draw(seed: Any = None) -> float:
        return (source if seed is None else random.Random(seed)).random()

    added: dict[str, Callable[..., Any]] = {
        "eval": _refused,
        "hash": _hash,
        "millis": lambda: round(now() * 1000),
        "now": lambda *_picture: timestamp(now()),
        "parse": _parse,
        "partition": _partition,
        "random": draw,
        "range": _range,
        "uuid": lambda: _uuid(source),
    }
    return {name: jsonata_engine().JLambda(function) for name, function in added.items()}


def timestamp(seconds: float) -> str:
    """Return a time as Step Functions writes it: UTC with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _partition(items: Any, size: int) -> list[Any] | None:
    if items is None:
        return None
    if not isinstance(items, list) or size < 1:
        raise ValueError("$partition takes an array and a size from 1")
    return [items[i : i + size] for i in range(0, len(items), size)]


def _range(first: int, last: int, step: int) -> list[int]:
    if step == 0:
        raise ValueError("$range takes a step that is not 0")
    return list(range(first, last + (1 if step > 0 else -1), step))


def _hash(content: Any, algorithm: str = "SHA-1") -> str | None:
    if content is None:
        return None
    if algorithm not in ALGORITHMS:
        raise ValueError(f"$hash knows {', '.join(ALGORITHMS)}")
    text = content if isinstance(content, str) else json.dumps(content, separators=(",", ":"))
    return hashlib.new(algorithm.replace("-", "").lower(), text.encode(), usedforsecurity=False).hexdigest()


def _parse(text: Any) -> Any:
    from jsonata.utils import Utils

    if text is None:
        return None
    found = json.loads(text)
    return Utils.NULL_VALUE if found is None else found


def _uuid(source: random.Random) -> str:
    digits = f"{source.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _refused(*_given: Any) -> None:
    raise ValueError("$eval is not supported; see $parse")
