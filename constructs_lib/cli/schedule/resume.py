"""``pipelines schedule resume``: runs begin again."""

from __future__ import annotations

from constructs_lib.cli._options import Catalog, Declaration, Platform, Stage


def resume(
    declaration: Declaration, *, stage: Stage = "dev", platform: Platform = "pipelines", catalog: Catalog = None
) -> None:
    """Let runs begin again, from the next time on; an entry of the ledger says who did it."""
    from constructs_lib.cli.schedule._switch import switch

    switch(declaration, "ENABLED", stage=stage, platform=platform, catalog=catalog)
