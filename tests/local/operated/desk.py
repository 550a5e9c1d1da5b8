"""An operator's desk: the pipelines of this folder deployed, orders that are sent, and commands of the shell."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from constructs_lib.cli import build_app
from functions.contract.identity import run_token

if TYPE_CHECKING:
    from typer.testing import Result

    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.trial import Trial
    from constructs_lib.local.workflow_runs import WorkflowRuns

FOLDER = Path(__file__).parent
TABLE = "operated-dev"


@dataclass(frozen=True)
class Order:
    """An order that was sent to one pipeline."""

    trial: Trial
    pipeline: str
    id: str

    @property
    def token(self) -> str:
        """Run token of the order."""
        return run_token(self.pipeline, (self.id,))

    @property
    def evidence(self) -> Evidence:
        """What the pipeline has left behind."""
        return self.trial.evidence(self.pipeline)

    @property
    def runs(self) -> WorkflowRuns:
        """The runs of the pipeline's workflow."""
        return self.trial.runs(self.pipeline)

    @property
    def statuses(self) -> list[str]:
        """What the ledger says of the order as a whole, oldest first."""
        return [entry.status.value for entry in self.evidence.entries(self.token) if entry.step is None]

    def wait_for(self, *statuses: str) -> None:
        """Wait until the ledger says this of the order."""
        self.evidence.wait_until(f"{self.id} is {statuses}", lambda: self.statuses == list(statuses), 30)

    def command(self, *words: str, **options: str) -> Result:
        """Run a command on the pipeline's declaration; an option's underscore is a hyphen."""
        given = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
        return command(*words, str(FOLDER / f"{self.pipeline}.yaml"), self.token, *given)

    def shown(self) -> dict[str, Any]:
        """Return what ``pipelines run show`` tells programs."""
        done = command("run", "show", str(FOLDER / f"{self.pipeline}.yaml"), self.token, "--json")
        assert done.exit_code == 0, done.output
        told: dict[str, Any] = json.loads(done.stdout)
        return told


def command(*words: str) -> Result:
    """Run a command of ``pipelines``."""
    groups = ("approval", "ledger", "plan", "replay", "run")
    return CliRunner().invoke(build_app(groups), list(words))


@dataclass(frozen=True)
class Desk:
    """The deployed pipelines, and the table in which steps count what they do."""

    trial: Trial

    def __post_init__(self) -> None:
        """Make the table, which the declarations take for one that exists."""
        self.trial.client("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "what", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "what", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def order(self, pipeline: str, id: str, **fields: Any) -> Order:
        """Send an order into the queue of a pipeline."""
        self.trial.send(pipeline, {"order_id": id, **fields})
        return Order(self.trial, pipeline, id)

    def breaks(self, id: str, *steps: str) -> None:
        """Let these steps fail for an order from now on; none of them where none is named."""
        item = {"what": {"S": f"broken-{id}"}, "steps": {"L": [{"S": step} for step in steps]}}
        self.trial.client("dynamodb").put_item(TableName=TABLE, Item=item)

    def effects(self, id: str) -> dict[str, int]:
        """Return how often each step has done its work for an order."""
        items = self.trial.client("dynamodb").scan(TableName=TABLE, ConsistentRead=True)["Items"]
        ends = {item["what"]["S"]: int(item["times"]["N"]) for item in items if "times" in item}
        return {what.removesuffix(f"-{id}"): times for what, times in ends.items() if what.endswith(f"-{id}")}
