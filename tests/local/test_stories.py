"""What the demo shows is so: every story of the embedded run holds, with the bundled runtime under its own roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.local.stories import PROOFS, STORIES
from constructs_lib.local.stories.archiving import ARCHIVED, SEALED
from constructs_lib.local.stories.crash import CRASH
from constructs_lib.local.stories.delivery import BAD_SIGNATURE, GOOD_ORDER, SAME_ORDER_TWICE
from constructs_lib.local.stories.neighbours import DAY_CONSOLIDATED, PARTNER_ORDER, SAME_QUOTE_TWICE
from constructs_lib.local.stories.outage import RAW_STORE_DOWN
from constructs_lib.local.stories.permission import OWN_ROLE, STATEMENTS_GRANTED
from constructs_lib.local.stories.reconciling import EXPLAINED, LOST_MESSAGE
from constructs_lib.local.stories.refusal import BROKEN_AMONG_TEN, BROKEN_CONTRACT, REFUSED_AMONG_TEN
from constructs_lib.local.stories.run_view import RUN_VIEW
from constructs_lib.local.stories.tampering import TAMPERED

if TYPE_CHECKING:
    from constructs_lib.local.stories.scene import Scene
    from constructs_lib.local.stories.telling import Story, Telling

TOLD_HERE = (
    GOOD_ORDER,
    SAME_ORDER_TWICE,
    BAD_SIGNATURE,
    BROKEN_CONTRACT,
    BROKEN_AMONG_TEN,
    REFUSED_AMONG_TEN,
    RAW_STORE_DOWN,
    RUN_VIEW,
    SAME_QUOTE_TWICE,
    DAY_CONSOLIDATED,
    PARTNER_ORDER,
    CRASH,
    OWN_ROLE,
    STATEMENTS_GRANTED,
    ARCHIVED,
    SEALED,
    TAMPERED,
    EXPLAINED,
    LOST_MESSAGE,
)


@pytest.fixture(scope="module", autouse=True)
def crashed(scene: Scene) -> Telling:
    """The crash comes first: the visibility timeout of its message runs out while the other stories are told."""
    return CRASH.start(scene)


def told(scene: Scene, story: Story) -> Telling:
    telling = story.whole(scene)
    assert telling.expectations
    assert telling.unmet == ()
    return telling


def test_every_story_of_the_demo_is_told_here() -> None:
    assert set(TOLD_HERE) == set(STORIES)


def test_a_good_order_lands_once_with_evidence(scene: Scene) -> None:
    told(scene, GOOD_ORDER)


def test_the_same_order_twice_has_one_effect(scene: Scene) -> None:
    told(scene, SAME_ORDER_TWICE)


def test_a_bad_signature_is_refused_with_401_and_nothing_is_enqueued(scene: Scene) -> None:
    told(scene, BAD_SIGNATURE)


def test_the_very_same_request_again_is_not_enqueued_twice(scene: Scene) -> None:
    order = scene.order("sent-again")
    seen = len(scene.session.proxy.calls)
    first, again = (scene.send(order, age=3) for _ in range(2))
    sent = [call for call in scene.session.proxy.calls[seen:] if call.operation == "SendMessage"]
    assert first.status == 202
    assert again.status in {202, 409}
    assert len(sent) == 1


def test_an_order_with_a_stale_timestamp_is_refused(scene: Scene) -> None:
    assert scene.send(scene.order("stale"), age=600).status == 401


def test_a_record_that_breaks_its_contract_goes_to_quarantine_without_a_retry(scene: Scene) -> None:
    told(scene, BROKEN_CONTRACT)


def test_one_broken_record_in_a_batch_of_ten_goes_to_quarantine_and_nine_land(scene: Scene) -> None:
    told(scene, BROKEN_AMONG_TEN)


def test_one_record_that_the_handler_refuses_in_a_batch_of_ten_is_given_up_and_nine_land(scene: Scene) -> None:
    told(scene, REFUSED_AMONG_TEN)


def test_while_the_raw_store_is_down_a_record_backs_off_is_given_up_and_lands_once_after_its_replay(
    scene: Scene,
) -> None:
    told(scene, RAW_STORE_DOWN)
    (record,) = told(scene, RUN_VIEW).records
    assert record.run_token == scene.token(scene.order("outage"))


@pytest.mark.parametrize("story", [SAME_QUOTE_TWICE, DAY_CONSOLIDATED, PARTNER_ORDER], ids=lambda story: story.title)
def test_the_other_pipelines_do_what_they_are_declared_for(scene: Scene, story: Story) -> None:
    told(scene, story)


def test_a_call_outside_the_functions_own_role_is_denied(scene: Scene) -> None:
    told(scene, OWN_ROLE)


def test_a_crash_between_effect_and_completion_ends_in_one_effect_after_the_lease_is_taken_over(
    scene: Scene, crashed: Telling
) -> None:
    telling = CRASH.finish(scene, crashed)
    assert len(telling.expectations) > 3
    assert telling.unmet == ()


def test_every_partiql_statement_that_was_made_is_granted_by_the_template(scene: Scene) -> None:
    telling = told(scene, STATEMENTS_GRANTED)
    assert any("PartiQLInsert" in line for line in telling.happened)
    assert any("PartiQLUpdate" in line for line in telling.happened)


def worked_off(scene: Scene) -> None:
    """Send orders that land, one that breaks its contract and one that is given up."""
    landing = [scene.order(f"proof-{number}") for number in range(3)]
    broken, refused = scene.order("proof-broken", lines=None), scene.order("proof-refused", currency="QQQ")
    orders = [*landing, broken, refused]
    for order in orders:
        scene.deliver(order)
    wanted = [*(["succeeded"] for _ in landing), ["quarantined"], ["dead_lettered"]]
    scene.evidence.wait_until("all are worked off", lambda: [scene.statuses(order) for order in orders] == wanted)
    scene.wait_until_quiet()


def test_the_evidence_is_archived_sealed_and_intact_and_whatever_is_changed_or_lost_is_named(scene: Scene) -> None:
    worked_off(scene)
    for story in PROOFS:
        telling = told(scene, story)
        if story is TAMPERED:
            assert sum(line.startswith("[") for line in telling.happened) == 8
