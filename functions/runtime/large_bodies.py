"""Bodies that no message can hold: the message says where one is, and it is fetched and checked before all else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.raw import LARGE_PREFIX, own_objects
from functions.contract.share import PART_SOURCE
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.readers.large_body import FETCHED, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.contract.message import LargeBody
    from functions.runtime.objects import ObjectStore
    from functions.runtime.settings import RunnerSettings


def fetch_all(
    messages: Sequence[Mapping[str, Any]], settings: RunnerSettings, objects: ObjectStore
) -> list[Mapping[str, Any]]:
    """Return the messages, those that name an object with what was found there."""
    return [_with_body(message, _place(message, settings), settings, objects) for message in messages]


def _place(message: Mapping[str, Any], settings: RunnerSettings) -> LargeBody | None:
    if settings.source != PART_SOURCE:
        return place_of(message)
    from functions.runtime.readers import part

    return part.place_of(message, settings.source_options)


def _with_body(
    message: Mapping[str, Any], place: LargeBody | None, settings: RunnerSettings, objects: ObjectStore
) -> Mapping[str, Any]:
    if place is None or not place.key.startswith(own_objects(LARGE_PREFIX, settings.pipeline).removesuffix("*")):
        return message
    try:
        return {**message, FETCHED: objects.get(settings.raw_bucket, place.key)}
    except AWS_FAILURES as error:
        return {**message, FETCHED: error_code(error)}
