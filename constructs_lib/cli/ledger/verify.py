"""``pipelines ledger verify``: whether table, archive and seals of a pipeline still say what was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Since, Stage, Until

if TYPE_CHECKING:
    from constructs_lib.operations.verify.finding import Finding
    from constructs_lib.operations.verify.verifier import Verification

_SHOWN = 100
"""Findings that a table shows; ``--json`` has them all."""


def verify(
    declaration: Declaration,
    *,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
    since: Since = None,
    until: Until = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with every finding.")] = False,
) -> None:
    """Find every entry that was changed, removed, inserted or reordered, and say where.

    Without a time it looks at everything: it reads each archive object once and scans the platform's whole ledger table
    in parallel, which costs a read unit for each 4 KB of the table, the entries of other pipelines included. With
    --since or --until it reads the archive's days of that time and the run tokens that they name, one query for each;
    an entry that was inserted into the table under a run token of its own is then not seen.

    Entries of the last hour that are not archived yet are counted and are no finding. The facts are compared in a
    temporary file of about 1 KB for each entry. Exit code 1 means that something was found.
    """
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.window import Window, utc_now

    now = utc_now()
    window = Window.of(since, until, now) if since or until else None
    with aws_faults(declaration):
        found = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog).verifier(now).verify(window)
    typer.echo(_json(found) if as_json else _text(found))
    if not found.intact:
        raise typer.Exit(1)


def _json(found: Verification) -> str:
    findings = [vars(finding) for finding in found.findings]
    return json.dumps({**vars(found), "intact": found.intact, "findings": findings}, indent=2, ensure_ascii=False)


def _text(found: Verification) -> str:
    lines = [_shown(finding) for finding in found.findings[:_SHOWN]]
    if len(found.findings) > _SHOWN:
        lines.append(f"… and {len(found.findings) - _SHOWN} more; --json has them all")
    lines.append(
        f"{found.days} days, {found.sealed_days} of them sealed; {found.objects} archive objects, "
        f"{found.archived} archived lines, {found.items} items in the table; "
        f"{found.not_archived_yet} not archived yet, {found.expired} expired"
    )
    lines.append("intact" if found.intact else f"{len(found.findings)} findings: not intact")
    return "\n".join(lines)


def _shown(finding: Finding) -> str:
    run = f"\n  entry  {finding.status} {finding.run_id} of {finding.run_token}" if finding.run_token else ""
    return f"{finding.part.value} [{finding.code}]\n  place  {finding.place}{run}\n  found  {finding.detail}"
