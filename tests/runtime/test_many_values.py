"""Very many values are found as few are, and no text or record makes the search take long."""

from __future__ import annotations

import json
import random
import re
import string
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.runtime.many_values import ManyValues
from functions.runtime.matcher import MASK, Matcher
from tests.runtime.fakes import World, put

if TYPE_CHECKING:
    from functions.runtime import Run

WORDS = st.text("ab1.-", min_size=4, max_size=6)
NUMBERS = st.integers(1000, 1005) | st.sampled_from([-1000, 1000.5, 1e20, -2.5e-07])


@example(values={-1000}, text="-1000-1000-1000")
@given(values=st.sets(NUMBERS), text=st.lists(NUMBERS.map(str) | st.text("a .-+e0", max_size=3)).map("".join))
def test_no_number_is_left_standing_alone(values: set[int | float], text: str) -> None:
    numbers = [str(value) for value in values if len(str(value)) >= 4]
    search = ManyValues((), frozenset(numbers), MASK)
    left = search.replace(search.replace(text))
    for number in numbers:
        assert not re.search(rf"(?<![\w.]){re.escape(number)}(?!\w)", left)
    assert (left == text) == (not any(re.search(rf"(?<![\w.]){re.escape(one)}(?!\w)", text) for one in numbers))


@given(values=st.sets(WORDS), text=st.text("ab1.-", max_size=40))
def test_no_text_is_left_anywhere_and_what_holds_none_is_untouched(values: set[str], text: str) -> None:
    left = ManyValues(frozenset(values), (), MASK).replace(text)
    assert not any(value in left for value in values)
    assert (left == text) == (not any(value in text for value in values))


def test_of_two_texts_that_begin_at_one_place_the_longer_is_masked() -> None:
    assert ManyValues(frozenset({"abcd", "abcdef"}), (), MASK).replace("xabcdefg") == "x***g"


LETTERS = ["".join(random.Random(number).choices(string.ascii_letters, k=20)) for number in range(20_000)]
HOSTILE: dict[str, tuple[Matcher, str]] = {
    "other texts": (Matcher(LETTERS), " ".join(LETTERS)),
    "numbers": (Matcher((), map(str, range(1000, 3000))), " ".join(map(str, range(1000, 20_000)))),
    "one beginning": (Matcher(f"sku-{n:06}" for n in range(30_000)), " ".join(f"sku-{n:06}" for n in range(30_000))),
    "masks that make values": (Matcher(["aaaa", "***b"]), "aaaa" + "b" * 500_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_search_takes_seconds_at_most_whatever_a_sender_makes_up(name: str) -> None:
    matcher, text = HOSTILE[name]
    begun = process_time()
    left = matcher.replace(text)
    assert process_time() - begun < 20
    assert len(left) < len(text)


def test_a_large_restricted_record_can_be_logged_as_a_whole_and_shows_nothing() -> None:
    def handler(order: Any, run: Run) -> None:
        run.logger.info("got %s", json.dumps(order))
        put(order, run)

    world = World(handler, data_class="restricted")
    world.send({"order_id": "o-1", "items": [{"sku": f"sku-{n:06}", "count": n} for n in range(1000, 9000)]})
    begun = process_time()
    world.deliver()
    assert process_time() - begun < 20
    assert world.statuses() == ["succeeded"]
    assert "sku-" not in world.log.getvalue().replace('"sku"', "")
    assert not re.search(r"[^0-9:][2-8][0-9]{3}[^0-9]", world.logged()[0]["message"])
