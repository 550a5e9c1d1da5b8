"""``pipelines schedule pause``: no run begins until it is resumed."""

from __future__ import annotations

from constructs_lib.cli._options import Catalog, Declaration, Platform, Stage


def pause(
    declaration: Declaration, *, stage: Stage = "dev", platform: Platform = "pipelines", catalog: Catalog = None
) -> None:
    """Let no run begin until the schedule is resumed; a run that is going on goes on.

    An entry of the ledger says who did it. The first tick after the pause notes what was missed, or with missed_run:
    catch_up lets it run. A deployment that changes the schedule switches it on again.
    """
    from constructs_lib.cli.schedule._switch import switch

    switch(declaration, "DISABLED", stage=stage, platform=platform, catalog=catalog)
