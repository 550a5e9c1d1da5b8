"""A spike of transactions is told once each, in the order of its account, by no more workers than declared."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.trial import Trial
    from functions.contract.ledger import LedgerEntry

PIPELINE = "account-transactions"
ACCOUNTS = [f"ie-{number}" for number in range(1, 7)]
EACH = 10
UNREACHABLE = "ie-3"
WORKERS = 4


def publish(example: Trial, transactions: list[dict[str, Any]]) -> None:
    """Publish on the pipeline's topic as the booking system does: the account is the group."""
    topic = example.resolve(f"arn:aws:sns:${{AWS::Region}}:${{AWS::AccountId}}:{PIPELINE}-dev-topic.fifo")
    client = example.client("sns")
    for one in transactions:
        client.publish(
            TopicArn=topic,
            Message=json.dumps(one),
            MessageGroupId=one["account"],
            MessageDeduplicationId=f"{one['account']}-{one['number']}",
        )


@pytest.fixture(scope="module")
def evidence(example: Trial) -> Evidence:
    """Everything that is left behind once the spike has been worked off."""
    evidence = example.evidence(PIPELINE)
    spike = [{"account": account, "number": n, "amount": -n} for n in range(1, EACH + 1) for account in ACCOUNTS]
    spike[ACCOUNTS.index(UNREACHABLE)]["reachable_at_try"] = 3
    publish(example, spike)
    told = len(ACCOUNTS) * EACH
    evidence.wait_until("all are told", lambda: len(succeeded(evidence)) >= told, seconds=40)
    return evidence


def succeeded(evidence: Evidence) -> list[LedgerEntry]:
    return [entry for entry in evidence.every_entry() if entry.status is Status.SUCCEEDED]


def told(evidence: Evidence) -> dict[str, list[tuple[str, int]]]:
    """Return what each account holder was told, by the time at which it was."""
    found: dict[str, list[tuple[str, int]]] = {account: [] for account in ACCOUNTS}
    for entry in succeeded(evidence):
        (record,) = evidence.landed(entry.run_token)
        transaction = json.loads(record.text)
        found[transaction["account"]].append((entry.recorded_at, transaction["number"]))
    return found


def test_every_transaction_is_told_once_and_those_of_an_account_in_their_order(evidence: Evidence) -> None:
    for account, transactions in told(evidence).items():
        assert [number for _, number in sorted(transactions)] == list(range(1, EACH + 1)), account


def test_the_holder_who_could_not_be_reached_was_tried_again_and_held_nobody_else_up(evidence: Evidence) -> None:
    failed = [entry for entry in evidence.every_entry() if entry.status is Status.FAILED]
    assert failed
    assert len(failed) == 2
    assert len({entry.run_token for entry in failed}) == 1, "what comes behind it is given back untried"
    first = {account: min(transactions)[0] for account, transactions in told(evidence).items()}
    assert max(at for account, at in first.items() if account != UNREACHABLE) < first[UNREACHABLE]


def test_the_spike_is_smoothed_to_the_declared_number_of_workers(example: Trial, evidence: Evidence) -> None:
    mapping = example.plans[PIPELINE].mappings[0]
    assert (mapping.max_concurrency, mapping.batch_size) == (WORKERS, 5)
    batches: dict[str, list[tuple[float, float]]] = {}
    for entry in succeeded(evidence):
        batches.setdefault(entry.request_id, []).append(_span(entry))
    spans = [(min(begin for begin, _ in batch), max(end for _, end in batch)) for batch in batches.values()]
    assert max(sum(begin <= at < end for begin, end in spans) for at, _ in spans) <= WORKERS
    assert all(len(batch) <= mapping.batch_size for batch in batches.values())


def _span(entry: LedgerEntry) -> tuple[float, float]:
    end = datetime.fromisoformat(entry.recorded_at).timestamp()
    return end - max(entry.duration_ms, 1) / 1000, end
