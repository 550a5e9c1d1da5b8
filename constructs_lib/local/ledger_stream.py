"""What the ledger's stream would tell: the emulator's leaves out what was inserted by PartiQL, as all entries are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.composition.evidence import evidence_functions
from constructs_lib.errors import UserError
from functions.contract.ledger import PARTITION_KEY, SORT_KEY, LedgerEntry

if TYPE_CHECKING:
    from constructs_lib.local.aws import LocalAws
    from constructs_lib.model.plan import PlatformNames

Record = dict[str, Any]


class LedgerStream:
    """Tells the deployed archiving function what stands in the ledger, in records as the stream has them."""

    def __init__(self, aws: LocalAws, names: PlatformNames) -> None:
        """Look at the platform of these names."""
        self._aws = aws
        self._table = names.ledger_table
        self._archive, self._seal = (plan.name for plan in evidence_functions(names))
        self._sequence: dict[str, int] = {}
        self._told = 0

    def records(self) -> list[Record]:
        """Return one record for each entry of the table, oldest first; one that was told keeps its number."""
        pages = self._aws.client("dynamodb").get_paginator("scan").paginate(TableName=self._table)
        images = sorted((item for page in pages for item in page["Items"]), key=_recorded_at)
        return [self._record(image) for image in images]

    def tell(self, records: list[Record]) -> None:
        """Hand records to the archiving function.

        Raises:
            UserError: ``local-function-failed`` when it could not archive all of them.
        """
        answer = self._invoke(self._archive, {"Records": records})
        if answer.get("batchItemFailures"):
            raise _failed(self._archive, json.dumps(answer))

    def catch_up(self) -> int:
        """Tell what has come to the table since the last time, in two batches, and return how many entries that is.

        Raises:
            UserError: ``local-function-failed``.
        """
        new = [record for record in self.records() if int(record["dynamodb"]["SequenceNumber"]) > self._told]
        half = (len(new) + 1) // 2
        for batch in filter(None, (new[:half], new[half:])):
            self.tell(batch)
        self._told += len(new)
        return len(new)

    def seal(self) -> list[str]:
        """Start the sealing function as its schedule does, and return the keys of the seals that it wrote.

        Raises:
            UserError: ``local-function-failed`` when something is left unsealed or damaged.
        """
        sealed: list[str] = self._invoke(self._seal, {})["sealed"]
        return sealed

    def _record(self, image: Record) -> Record:
        keys = {name: image[name] for name in (PARTITION_KEY, SORT_KEY)}
        number = self._sequence.setdefault(json.dumps(keys, sort_keys=True), len(self._sequence) + 1)
        change = {"Keys": keys, "NewImage": image, "SequenceNumber": str(number), "StreamViewType": "NEW_IMAGE"}
        return {"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}

    def _invoke(self, function: str, event: Record) -> Any:
        answer = self._aws.client("lambda").invoke(FunctionName=f"{function}:live", Payload=json.dumps(event).encode())
        said = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise _failed(function, said)
        return json.loads(said)


def _recorded_at(image: Record) -> str:
    plain = {name: next(iter(typed.values())) for name, typed in image.items()}
    return LedgerEntry.from_item(plain).recorded_at


def _failed(function: str, said: str) -> UserError:
    return UserError.of(
        "local-function-failed", function, said[:300], "an answer without failures", "look at the function's log"
    )
