"""Charge each payment once, and say what came of it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from functions.runtime import Run, runner

DECLINED = 402


@runner
def charge(payment: dict[str, Any], run: Run) -> None:
    """Charge under the run token, by which the provider knows a repeat; a payment that is declined is announced."""
    taken = _charged(payment, run)
    outcome = {"payment_id": payment["payment_id"], "cents": payment["cents"], "taken": taken}
    run.outputs.event_bus.put(outcome, detail_type="PaymentTaken" if taken else "PaymentFailed")
    run.outputs.payments.put(outcome, if_absent=True)
    if taken:
        run.outputs.receipts.put(outcome)
        run.outputs.accounting.put(outcome, attributes={"kind": "payment"})


def _charged(payment: dict[str, Any], run: Run) -> bool:
    request = urllib.request.Request(  # noqa: S310 - the address is in the secret, written by the operator
        json.loads(run.secrets["payment-provider"])["url"] + "/charges",
        json.dumps(payment).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": run.token},
    )
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310
            return True
    except urllib.error.HTTPError as error:
        if error.code != DECLINED:
            raise
        return False
