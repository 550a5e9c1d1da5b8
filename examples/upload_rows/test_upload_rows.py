"""One run for each row is refused with both costs; the batched version causes one run of an upload, and works."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.cli import main
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.local.trial import synthesise
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.local.trial import Trial

HERE = Path(__file__).parent
EXPLODING = HERE / "refused" / "exploding.yaml"
UPLOAD = json.loads((HERE / "events" / "upload.json").read_text())
UPLOADS_A_DAY, ROWS = 10_000, 50


def test_ten_thousand_uploads_a_day_would_be_half_a_million_runs() -> None:
    exploding, batched = (plan_pipeline(load_pipeline(file)) for file in (EXPLODING, HERE / "upload_rows.yaml"))
    assert UPLOADS_A_DAY * exploding.runs_per_event == UPLOADS_A_DAY * ROWS == 500_000
    assert UPLOADS_A_DAY * batched.runs_per_event == UPLOADS_A_DAY


def test_the_command_refuses_it_and_prints_both_costs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["plan", str(EXPLODING)])
    assert ended.value.code == 1
    said = " ".join(capsys.readouterr().out.split())
    costs = [float(text.replace(",", "")) for text in re.findall(r"runs and ([0-9,.]+) USD a month", said)]
    assert "15,000,000 runs and" in said
    assert "300,000 runs and" in said
    assert costs[0] > 5 * costs[1]


def test_the_app_cannot_be_synthesised_with_it(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="fan-out-unbatched"):
        synthesise((load_pipeline(EXPLODING),), tmp_path / "cdk.out")


def test_the_batched_version_takes_an_upload_in_one_run(example: Trial) -> None:
    evidence = example.evidence("upload-rows")
    example.send("upload-rows", UPLOAD)
    evidence.wait_until(
        "the rows have landed", lambda: any(entry.step and entry.location for entry in evidence.every_entry()), 90
    )
    (part,) = [entry for entry in evidence.every_entry() if entry.step]
    assert (part.status, part.step) == (Status.SUCCEEDED, "rows[0]")
    landed = [json.loads(record.text) for record in evidence.landed(part.run_token)]
    assert landed == [{"row": 0, "amount": 12.5}, {"row": 2, "amount": 3}]
    assert example.reconcile("upload-rows").proved
