"""Reading many things at once while their order is kept and few of them are held."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

THREADS = 8
"""Calls at once: below the connections that a client of botocore keeps, 10."""
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def in_order(read: Callable[[_Asked], _Answer], asked: Iterable[_Asked], threads: int = THREADS) -> Iterator[_Answer]:
    """Yield one answer for each thing asked, in its order; at most ``threads`` are under way or waiting."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[_Answer]] = deque()
        for one in asked:
            waiting.append(pool.submit(read, one))
            if len(waiting) >= threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
