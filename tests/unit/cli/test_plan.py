"""``pipelines plan`` shows everything that would exist, its price and its findings, and starts no CDK."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import constructs_lib
from constructs_lib.cli import main
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.model.names import platform_names
from constructs_lib.model.plan import PipelinePlan
from tests.declarations import fields, write_project

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(constructs_lib.__file__).parents[1]
OPEN = {"type": "http", "path": "/orders", "auth": {"type": "none"}}
UNSIGNED = {"source": OPEN, "tenant": None, "idempotency": {"key": ["body.order_id"]}}
EXISTING = {"type": "queue", "arn": "arn:aws:sqs:eu-west-1:111122223333:stock"}


def write(folder: Path, **changes: Any) -> Path:
    file = write_project(folder) / "pipeline.yaml"
    file.write_text(yaml.safe_dump(fields(**changes)), encoding="utf-8")
    return file


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["plan", *(str(argument) for argument in arguments)])
    return int(ended.value.code or 0)


def section(text: str, title: str) -> list[str]:
    """Return the lines below a title, each without its indent."""
    _, _, rest = text.partition(f"\n\n{title}\n")
    return [line.strip() for line in rest.partition("\n\n")[0].splitlines()]


def starts(lines: Sequence[str]) -> set[str]:
    return {line.split()[0] for line in lines}


def test_every_resource_of_the_plan_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path)
    assert run(file) == 0
    text, planned = capsys.readouterr().out, plan_pipeline(load_pipeline(file))
    assert starts(section(text, "Functions")) == {function.id for function in planned.functions}
    assert starts(section(text, "Queues")) == {queue.id for queue in planned.queues}
    assert starts(section(text, "Mappings")) == {mapping.id for mapping in planned.mappings}
    assert starts(section(text, "Routes")) == {route.id for route in planned.routes}
    assert starts(section(text, "Alarms")) == {alarm.id for alarm in planned.alarms}
    for function in planned.functions:
        assert starts(section(text, f"Grants of {function.id}")) == {grant.sid for grant in function.grants}


def test_names_times_and_rights_are_readable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(write(tmp_path))
    text = capsys.readouterr().out
    assert "shop-orders in dev, owned by orders@example.com" in text
    assert "buffer  shop-orders-dev-buffer  hidden 3m, kept 4d, to dlq after 100 receives" in section(text, "Queues")
    (claims,) = (line for line in section(text, "Grants of land_order") if line.startswith("Claims"))
    assert claims.endswith(
        "on dynamodb:table/pipelines-dev-state where dynamodb:LeadingKeys ForAllValues:StringLike shop-orders#*"
    )
    (depth,) = (line for line in section(text, "Alarms") if line.startswith("dlq-depth"))
    assert depth.endswith("shop-orders-dev-dlq         Maximum ApproximateNumberOfMessagesVisible >= 1 for 1 x 1m")


def test_what_does_not_exist_has_no_section(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = {"key": ["body.order_id"]}
    run(write(tmp_path, source={"type": "queue"}, tenant=None, idempotency=key, observability={"alarms": False}))
    text = capsys.readouterr().out
    assert "\nQueues\n" in text
    assert not any(f"\n{title}\n" in text for title in ("Routes", "Alarms", "Overrides", "Grants of verify"))


def test_an_existing_queue_and_an_override_are_shown_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    override = {"resource": "dlq", "property": "DelaySeconds", "value": 3, "reason": "the partner needs a pause"}
    run(
        write(
            tmp_path,
            source=EXISTING,
            tenant=None,
            idempotency={"key": ["body.order_id"]},
            queue={"visibility_timeout": "10m"},
            overrides=[override],
        )
    )
    text = capsys.readouterr().out
    assert section(text, "Queues")[0] == "buffer  stock                exists already, hidden 10m"
    assert section(text, "Overrides") == ["dlq  DelaySeconds = 3  the partner needs a pause"]


def test_stage_and_platform_are_parts_of_the_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(write(tmp_path), "--stage", "test", "--platform", "shops")
    text = capsys.readouterr().out
    assert "shop-orders-test-buffer" in text
    assert "shops-test-ledger" in text
    assert "-dev-" not in text


def test_the_price_needs_a_stated_number_of_events(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(write(tmp_path))
    assert "state budget.events_per_month" in capsys.readouterr().out
    run(write(tmp_path, budget={"events_per_month": 3_000_000}))
    text = capsys.readouterr().out
    assert "state budget.events_per_month" not in text
    assert "3,000,000 events a month" in text
    assert "USD" in text


def test_programs_get_the_whole_plan_with_price_and_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, budget={"events_per_month": 1000, "monthly_usd": 40})
    assert run(file, "--format", "json") == 0
    result = json.loads(capsys.readouterr().out)
    expected = plan_pipeline(load_pipeline(file), platform=platform_names("pipelines", "dev"))
    assert PipelinePlan.model_validate(result["plan"]) == expected
    assert result["cost"]["total_usd"] == pytest.approx(sum(line["usd"] for line in result["cost"]["lines"]))
    assert result["governance"] == {"blocked": False, "findings": [], "approved": []}


def test_json_without_a_stated_number_of_events_has_no_price(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(write(tmp_path), "--format", "json")
    assert json.loads(capsys.readouterr().out)["cost"] is None


NIGHTLY = {"type": "schedule", "cron": "30 1 * * ? *", "timezone": "Asia/Kolkata", "flexible_window": "45m"}


def test_the_next_five_runs_of_a_schedule_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, source=NIGHTLY, tenant=None, idempotency=None)
    assert run(file) == 0
    expression, runs, *following = section(capsys.readouterr().out, "Schedule")
    assert expression == "expression  cron(30 1 * * ? *) in Asia/Kolkata, up to 45m later"
    assert runs == "runs        overlap forbid, missed skip"
    assert len(following) == 5
    assert all("T20:00:00Z, there " in line and line.endswith(" 01:30") for line in following)
    run(file, "--format", "json")
    times = json.loads(capsys.readouterr().out)["next_runs"]
    assert [time[11:] for time in times] == ["20:00:00Z"] * 5


def test_a_rate_runs_from_its_deployment_on_and_other_sources_have_no_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(write(tmp_path, source={"type": "schedule", "rate": "15m"}, tenant=None, idempotency=None))
    assert section(capsys.readouterr().out, "Schedule")[-1] == "next        from the deployment on"
    run(write(tmp_path), "--format", "json")
    assert json.loads(capsys.readouterr().out)["next_runs"] is None


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_finding_that_would_stop_the_synthesis_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert run(write(tmp_path, **UNSIGNED), "--format", form) == 1
    assert "Pipeline::open-endpoint" in capsys.readouterr().out


def test_an_approval_lifts_the_finding_and_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    approval = {
        "rule": "Pipeline::open-endpoint",
        "resource": "route",
        "ticket": "OPS-17",
        "approved_by": "platform@example.com",
        "expires": "9999-12-31",
        "reason": "the vendor can sign nothing at all",
    }
    assert run(write(tmp_path, **UNSIGNED, approvals=[approval])) == 0
    assert "APPROVED  Pipeline::open-endpoint" in capsys.readouterr().out


def test_a_faulty_declaration_is_told_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path, ownr="x", queue={"visibility_timeout": "1s"})) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "[unknown-field]" in err
    assert "[visibility-too-short]" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [("--stage", "Dev", "stage-wrong"), ("--platform", "My_Platform", "platform-wrong")],
)
def test_names_that_no_resource_can_have_are_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, code: str
) -> None:
    file = write(tmp_path)
    assert run(file, option, value) == 1
    err = capsys.readouterr().err
    assert f"[{code}]" in err
    assert "Traceback" not in err
    assert run(file, option, value.lower().replace("_", "-")) == 0


@pytest.mark.parametrize("arguments", [[], ["a.yaml", "--format", "xml"], ["a.yaml", "b.yaml"]])
def test_a_wrong_use_ends_with_2(arguments: list[str]) -> None:
    assert run(*arguments) == 2


def test_planning_imports_neither_cdk_nor_aws() -> None:
    script = (
        "import sys\nfrom constructs_lib.cli import main\n"
        "try:\n    main(['plan', 'pipelines/shop-orders.yaml'])\nexcept SystemExit as e:\n    assert not e.code\n"
        "print([m for m in ('aws_cdk', 'jsii', 'constructs', 'boto3') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_mapping_of_a_stream_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, source={"type": "kinesis"}, tenant=None, idempotency=None)
    run(file)
    text = capsys.readouterr().out
    (line,) = section(text, "Mappings")
    assert "shop-orders-dev-stream -> land_order" in line
    assert "up to 100 records" in line
    assert "e+07" not in text
