from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from constructs_lib.declaration.approval import Approval
from constructs_lib.governance.approvals import Lifted
from constructs_lib.governance.report import as_json, as_text
from constructs_lib.governance.review import Review
from constructs_lib.governance.rule import Decision, Finding, Place

PLACE = Place("buffer", pipeline="shop-orders", logical_id="Buffer", path="Shop/Orders/Buffer/Resource")
DENIED = Finding(
    "Pipeline::dlq-attached", 1, Decision.DENY, PLACE, "no dead-letter queue", "a dead-letter queue", "give it one"
)
WARNED = replace(DENIED, rule="Pipeline::a-warning", decision=Decision.WARN, place=Place("Queue"), detail="Timeout")
APPROVAL = Approval(
    rule="size-approval",
    resource="land_order",
    ticket="OPS-17",
    approved_by="platform@example.com",
    expires=date(2027, 1, 31),
    reason="the yearly import needs it",
)
REVIEW = Review((WARNED, DENIED), (Lifted(replace(DENIED, rule="Pipeline::size-approval"), APPROVAL),))


def test_the_text_shows_what_blocks_first_and_says_how_to_put_it_right() -> None:
    assert as_text(REVIEW) == (
        "DENY  Pipeline::dlq-attached  shop-orders: buffer  (Shop/Orders/Buffer/Resource)\n"
        "  found    no dead-letter queue\n"
        "  allowed  a dead-letter queue\n"
        "  fix      give it one\n"
        "\n"
        "WARN  Pipeline::a-warning[Timeout]  Queue\n"
        "  found    no dead-letter queue\n"
        "  allowed  a dead-letter queue\n"
        "  fix      give it one\n"
        "\n"
        "APPROVED  Pipeline::size-approval  shop-orders: buffer  (Shop/Orders/Buffer/Resource)\n"
        "  approved platform@example.com, OPS-17, until 2027-01-31: the yearly import needs it\n"
        "\n"
        "Governance: 1 deny, 1 warn, 1 approved."
    )


def test_a_review_without_findings_says_so() -> None:
    assert as_text(Review(())) == "Governance: no findings."


def test_the_json_has_every_finding_with_its_place_and_every_approval_with_its_ticket() -> None:
    report = json.loads(as_json(REVIEW))
    assert report["blocked"] is True
    assert [item["id"] for item in report["findings"]] == ["Pipeline::a-warning[Timeout]", "Pipeline::dlq-attached"]
    assert report["findings"][1]["place"]["path"] == "Shop/Orders/Buffer/Resource"
    assert report["approved"][0]["approval"]["ticket"] == "OPS-17"


def test_a_warning_alone_does_not_block() -> None:
    assert Review((DENIED,)).blocked
    assert Review((replace(DENIED, decision=Decision.REQUIRE_APPROVAL),)).blocked
    assert not Review((WARNED,)).blocked
