"""The s3 output: objects under keys that are the same at every try, each written by one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote

from botocore.exceptions import ClientError

from functions.contract.object_key import filled
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.errors import Permanent
from functions.runtime.failure import Failure, of_platform
from functions.runtime.outputs.kind import Landed
from functions.runtime.outputs.raw import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.contract.environment import OutputSettings
    from functions.runtime.flush import Flush
    from functions.runtime.services import Services

LONGEST_KEY = 1024
"""Bytes of an object's key in UTF-8 (Amazon S3 user guide)."""
EXISTS = frozenset({"PreconditionFailed", "412"})
"""What S3 answers to a conditional write when the key is taken."""


@dataclass(frozen=True)
class _Object:
    name: str
    body: bytes
    content_type: str


class S3Draft:
    """The objects that one run has put."""

    def __init__(self, argument: Any, token: str, options: dict[str, Any]) -> None:
        """``options`` are those of the declared output; ``argument`` fills ``{body.field}``."""
        self._body = argument
        self._token = token
        self._options = options
        self._closed = False
        self.objects: list[_Object] = []

    def put(self, name: str, data: bytes | str | BinaryIO, *, content_type: str = "application/octet-stream") -> None:
        """Keep an object until the handler has returned; a file is read from where it stands.

        Raises:
            Permanent: the data is larger than the output takes, or the record lacks a field of the key.
            ValueError: no key can be made of the name, or it is that of an object that was put before.
            RuntimeError: the run has ended.
        """
        if self._closed:
            raise RuntimeError("this run has ended: put before the handler returns")
        self.objects.append(_Object(self._key(name), self._bytes(data), content_type))

    def close(self) -> None:
        """Take no more objects."""
        self._closed = True

    def _bytes(self, data: bytes | str | BinaryIO) -> bytes:
        most = int(self._options["max_object_size"])
        if isinstance(data, str):
            body = data.encode()
        elif isinstance(data, bytes | bytearray | memoryview):
            body = bytes(data)
        else:
            body = data.read(most + 1)
        if len(body) > most:
            raise Permanent(f"an object of more than {most:,} bytes, the output's max_object_size")
        return body

    def _key(self, name: str) -> str:
        """Return the key but for the tenant, which stands in braces until the object is written."""
        key = str(self._options["prefix"]) + filled(self._options["key"], lambda place: self._value(place, name))
        if not name or len(key.encode()) > LONGEST_KEY:
            raise ValueError(f"{name[:80]!r} cannot name an object: a key has 1 to {LONGEST_KEY} bytes")
        if any(one.name == key for one in self.objects):
            raise ValueError(f"{name[:80]!r} was put before by this run, under the same key")
        return key

    def _value(self, place: str, name: str) -> str:
        if place == "name":
            return name
        if place == "tenant":
            return TENANT
        return self._token if place == "token" else quote(self._field(place.split(".")[1:]), safe="")

    def _field(self, path: list[str]) -> str:
        value = plain(self._body)
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise Permanent(f"the record has no text or number at body.{'.'.join(path)}, of which the key is made")
        return str(value)


TENANT = "\0tenant\0"
"""Stands for the tenant in a key that is not finished; no key can hold it otherwise, as S3 refuses it in XML."""


class S3Output:
    """One bucket, below one prefix."""

    def __init__(self, settings: OutputSettings, client: Callable[[], Any]) -> None:
        """``client`` makes or returns the S3 client."""
        self._settings = settings
        self._client = client

    def draft(self, text: str, argument: Any, token: str) -> S3Draft:  # noqa: ARG002
        """Return an empty draft."""
        return S3Draft(argument, token, self._settings.options)

    def land(self, drafts: Sequence[tuple[str, S3Draft]], flush: Flush) -> list[Landed | Failure]:
        """Write the objects of each draft; one that cannot be written fails its own record alone."""
        return [self._write(tenant, draft, flush) for tenant, draft in drafts]

    def _write(self, tenant: str, draft: S3Draft, flush: Flush) -> Landed | Failure:
        keys = [one.name.replace(TENANT, tenant) for one in draft.objects]
        try:
            for key, one in zip(keys, draft.objects, strict=True):
                self._put(key, one, flush.metadata(1))
        except AWS_FAILURES as error:
            return of_platform("landing", error_code(error))
        return Landed(f"s3://{self._settings.target}/{keys[0]}" if keys else None)

    def _put(self, key: str, one: _Object, metadata: dict[str, str]) -> None:
        once = {"IfNoneMatch": "*"} if self._settings.options["if_exists"] == "keep" else {}
        try:
            self._client().put_object(
                Bucket=self._settings.target,
                Key=key,
                Body=one.body,
                ContentType=one.content_type,
                Metadata=metadata,
                **once,
            )
        except ClientError as error:
            if not once or error_code(error) not in EXISTS:
                raise


def make(settings: OutputSettings, services: Services) -> S3Output:
    """Return one declared s3 output."""
    return S3Output(settings, lambda: services.client("s3"))
