"""However many tenants senders invent, the metrics that they can make are bounded."""

from __future__ import annotations

from functions.runtime.report import HOUR, MOST_TENANTS, TenantDimensions

NOW = 1_700_000_000.0


def test_the_first_tenants_of_an_hour_are_counted_by_name_and_all_others_together() -> None:
    tenants = TenantDimensions()
    names = [tenants.of(f"t-{number}", NOW) for number in range(MOST_TENANTS + 30)]
    assert names[:MOST_TENANTS] == [f"t-{number}" for number in range(MOST_TENANTS)]
    assert set(names[MOST_TENANTS:]) == {"_other"}


def test_a_tenant_that_has_its_name_keeps_it_and_the_next_hour_begins_anew() -> None:
    tenants = TenantDimensions()
    for number in range(MOST_TENANTS + 1):
        tenants.of(f"t-{number}", NOW)
    assert tenants.of("t-0", NOW) == "t-0"
    assert tenants.of("late", NOW) == "_other"
    assert tenants.of("late", NOW + HOUR) == "late"
