"""What the demo shows is so: every story of the embedded run holds, with the bundled runtime under its own roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.local.stories import STORIES
from constructs_lib.local.stories.crash import CRASH
from constructs_lib.local.stories.delivery import BAD_SIGNATURE, GOOD_ORDER, SAME_ORDER_TWICE
from constructs_lib.local.stories.outage import RAW_STORE_DOWN
from constructs_lib.local.stories.permission import OWN_ROLE, STATEMENTS_GRANTED
from constructs_lib.local.stories.refusal import BROKEN_AMONG_TEN, BROKEN_CONTRACT, REFUSED_AMONG_TEN

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
    CRASH,
    OWN_ROLE,
    STATEMENTS_GRANTED,
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
