"""What every table promises, as tests: a module inherits the class and says where the table is."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from functions.runtime.stores import ABSENT, EXISTS, AtLeast, AtMost, Item, OneOf, StoreMisuse
from functions.runtime.stores.keys import IndexKeys, KeyAttribute, TableKeys

if TYPE_CHECKING:
    from functions.runtime.stores import Table

TABLE = "orders"
CUSTOMER, AT, STATUS = KeyAttribute("customer"), KeyAttribute("at", "N"), KeyAttribute("status")
KEYS = TableKeys(IndexKeys(CUSTOMER, AT), {"by-status": IndexKeys(STATUS, CUSTOMER)})
CREATE: dict[str, Any] = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": part.name, "AttributeType": part.type} for part in (CUSTOMER, AT, STATUS)
    ],
    "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-status",
            "KeySchema": [
                {"AttributeName": "status", "KeyType": "HASH"},
                {"AttributeName": "customer", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}


def order(customer: str = "ann", at: int = 1, **more: Any) -> Item:
    return {"customer": customer, "at": at, **more}


class TableContract:
    """The fixture ``table`` is an empty table of ``KEYS``."""

    def test_what_is_put_is_read_at_once(self, table: Table) -> None:
        assert table.get(("ann", 1)) is None
        assert table.put(order(total=3))
        assert table.get(("ann", 1)) == order(total=3)

    def test_a_put_replaces_the_whole_item(self, table: Table) -> None:
        table.put(order(total=3))
        table.put(order(note="new"))
        assert table.get(("ann", 1)) == order(note="new")

    def test_values_of_every_kind_come_back_as_they_were(self, table: Table) -> None:
        kept = order(
            text="é ✓", none=None, yes=True, data=b"\x00\xff", list=[1, "a", [None]], map={"a": {"b": 1}},
            texts={"a", "b"}, numbers={1, 2}, empty="", nothing=[],
        )  # fmt: skip
        table.put(kept)
        assert table.get(("ann", 1)) == kept

    @pytest.mark.parametrize(
        ("put", "got"),
        [
            (7, 7),
            (7.0, 7),
            (0.1, Decimal("0.1")),
            (Decimal("12.50"), Decimal("12.5")),
            (Decimal("5.00"), 5),
            (-3, -3),
            (10**30, 10**30),
            (1e-20, Decimal("1E-20")),
            (0, 0),
        ],
    )
    def test_whole_numbers_come_back_as_int_and_others_as_decimal(self, table: Table, put: Any, got: Any) -> None:
        table.put(order(number=put))
        found = (table.get(("ann", 1)) or {})["number"]
        assert (found, type(found)) == (got, type(got))

    @pytest.mark.parametrize(
        "value", [float("nan"), float("inf"), 10**39 + 1, Decimal("1E-200"), object(), {1: 2}, set()]
    )
    def test_what_cannot_be_kept_is_refused(self, table: Table, value: object) -> None:
        with pytest.raises(StoreMisuse, match="odd"):
            table.put(order(odd=value))
        assert table.get(("ann", 1)) is None

    @pytest.mark.parametrize("key", ["ann", ("ann",), ("ann", "1"), (1, 1), ("", 1), ("ann", 1, 2), ("ann", None)])
    def test_a_key_of_the_wrong_form_is_refused(self, table: Table, key: Any) -> None:
        for ask in (
            table.get,
            table.delete,
            lambda key: table.update(key, {"a": 1}),
            lambda key: table.get_many([key]),
        ):
            with pytest.raises(StoreMisuse):
                ask(key)

    @pytest.mark.parametrize(
        "item", [{"customer": "ann"}, {"customer": "ann", "at": "1"}, order(status=3), order(status="")]
    )
    def test_an_item_without_a_good_key_is_refused(self, table: Table, item: Item) -> None:
        with pytest.raises(StoreMisuse):
            table.put(item)

    def test_many_are_returned_in_the_order_of_their_keys(self, table: Table) -> None:
        for number in range(120):
            table.put(order("bob", number))
        wanted: list[Any] = [("bob", 119), ("none", 1), ("bob", 0), ("bob", 119), *(("bob", n) for n in range(110))]
        found = table.get_many(wanted)
        assert found[:4] == [order("bob", 119), None, order("bob", 0), order("bob", 119)]
        assert found[4:] == [order("bob", number) for number in range(110)]
        assert table.get_many([]) == []

    def test_a_partition_is_read_in_the_order_of_the_sort_key(self, table: Table) -> None:
        for at in (10, 9, 100, -1):
            table.put(order(at=at))
        table.put(order("bob", 5))
        assert [item["at"] for item in table.query("ann")] == [-1, 9, 10, 100]
        assert [item["at"] for item in table.query("ann", newest_first=True)] == [100, 10, 9, -1]
        assert [item["at"] for item in table.query("ann", between=(9, 10))] == [9, 10]
        assert [item["at"] for item in table.query("ann", limit=2, newest_first=True)] == [100, 10]
        assert list(table.query("nobody")) == []

    def test_an_index_is_read_by_its_own_keys(self, table: Table) -> None:
        for customer, status in (("bea", "open"), ("ann", "open"), ("cid", "closed"), ("bob", "open")):
            table.put(order(customer, status=status))
        table.put(order("dan"))
        assert [item["customer"] for item in table.query("open", index="by-status")] == ["ann", "bea", "bob"]
        assert [item["customer"] for item in table.query("open", index="by-status", prefix="b")] == ["bea", "bob"]
        assert [item["customer"] for item in table.query("closed", index="by-status")] == ["cid"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"prefix": "a"},
            {"between": (1, 2), "prefix": "a"},
            {"index": "other"},
            {"between": ("a", "b")},
            {"limit": 0},
        ],
    )
    def test_a_query_that_makes_no_sense_is_refused_when_it_is_made(self, table: Table, wrong: Any) -> None:
        with pytest.raises(StoreMisuse):
            table.query("ann", **wrong)

    def test_only_the_first_put_if_absent_writes(self, table: Table) -> None:
        assert table.put_if_absent(order(total=1)) is True
        assert table.put_if_absent(order(total=2)) is False
        assert table.get(("ann", 1)) == order(total=1)

    def test_a_put_whose_condition_does_not_hold_changes_nothing_and_shows_what_stands(self, table: Table) -> None:
        table.put(order(version=1))
        refused = table.put(order(version=9), when={"version": 2})
        assert (refused.done, bool(refused), refused.item) == (False, False, order(version=1))
        assert table.put(order(version=2), when={"version": 1})
        assert table.get(("ann", 1)) == order(version=2)

    def test_an_update_changes_counts_and_removes_in_one_step(self, table: Table) -> None:
        table.put(order(status="open", count=1, note="x"))
        done = table.update(("ann", 1), {"status": "closed"}, add={"count": 2, "new": Decimal("0.5")}, remove=["note"])
        expected = order(status="closed", count=3, new=Decimal("0.5"))
        assert (done.done, done.item, table.get(("ann", 1))) == (True, expected, expected)

    def test_an_update_of_nothing_makes_an_item(self, table: Table) -> None:
        assert table.update(("ann", 1), add={"count": 1}).item == order(count=1)

    def test_an_update_under_a_condition_that_does_not_hold_changes_nothing(self, table: Table) -> None:
        table.put(order(stock=1))
        refused = table.update(("ann", 1), add={"stock": -2}, when={"stock": AtLeast(2)})
        assert (refused.done, refused.item) == (False, order(stock=1))
        absent = table.update(("bob", 1), {"a": 1}, when={"customer": EXISTS})
        assert (absent.done, absent.item, table.get(("bob", 1))) == (False, None, None)

    @pytest.mark.parametrize(
        ("when", "holds"),
        [
            ({"stock": 5}, True),
            ({"stock": Decimal("5.0")}, True),
            ({"stock": "5"}, False),
            ({"stock": AtLeast(5)}, True),
            ({"stock": AtLeast(6)}, False),
            ({"stock": AtMost(5)}, True),
            ({"stock": AtMost(4)}, False),
            ({"name": AtLeast("b")}, True),
            ({"name": AtMost("a")}, False),
            ({"name": OneOf("a", "b")}, True),
            ({"name": OneOf("a", "c")}, False),
            ({"stock": EXISTS, "other": ABSENT}, True),
            ({"stock": ABSENT}, False),
            ({"other": EXISTS}, False),
            ({"other": AtLeast(1)}, False),
            ({"list": [1, "a"]}, True),
            ({"none": None}, True),
            ({"stock": 5, "name": "a"}, False),
        ],
    )
    def test_a_condition_holds_or_not(self, table: Table, when: dict[str, Any], holds: bool) -> None:
        table.put(order(stock=5, name="b", list=[1, "a"], none=None))
        assert table.update(("ann", 1), {"seen": True}, when=when).done is holds
        assert ("seen" in (table.get(("ann", 1)) or {})) is holds

    @pytest.mark.parametrize(
        "wrong",
        [
            {},
            {"changes": {"customer": "bob"}},
            {"changes": {"a": 1}, "remove": ["a"]},
            {"add": {"a": "1"}},
            {"changes": {"status": 7}},
            {"changes": {"a": 1}, "when": {"a": OneOf()}},
        ],
    )
    def test_an_update_that_makes_no_sense_is_refused(self, table: Table, wrong: Any) -> None:
        with pytest.raises(StoreMisuse):
            table.update(("ann", 1), **wrong)
        assert table.get(("ann", 1)) is None

    def test_a_text_cannot_be_counted_up(self, table: Table) -> None:
        table.put(order(note="x"))
        with pytest.raises(StoreMisuse):
            table.update(("ann", 1), add={"note": 1})
        assert table.get(("ann", 1)) == order(note="x")

    def test_what_is_deleted_is_gone_and_may_be_deleted_again(self, table: Table) -> None:
        table.put(order())
        assert table.delete(("ann", 1))
        assert table.delete(("ann", 1))
        assert table.get(("ann", 1)) is None

    def test_a_delete_under_a_condition_that_does_not_hold_removes_nothing(self, table: Table) -> None:
        table.put(order(version=1))
        refused = table.delete(("ann", 1), when={"version": 2})
        assert (refused.done, refused.item) == (False, order(version=1))
        assert table.get(("ann", 1)) == order(version=1)
        assert table.delete(("ann", 1), when={"version": 1})

    def test_attributes_may_have_any_name(self, table: Table) -> None:
        table.put({**order(), "a.b": 1, "status-of": 2, "size": 3, "#x": 4})
        done = table.update(("ann", 1), {"a.b": 2}, add={"size": 1}, remove=["#x"], when={"status-of": 2})
        assert done.item == {**order(), "a.b": 2, "status-of": 2, "size": 4}

    def test_what_is_returned_is_nobodys_but_the_callers(self, table: Table) -> None:
        table.put(order(list=[1]))
        (table.get(("ann", 1)) or {})["list"].append(2)
        assert table.get(("ann", 1)) == order(list=[1])


class StrictConditions:
    """What moto judges otherwise than DynamoDB (developer guide, "Condition expressions")."""

    @pytest.mark.parametrize("when", [{"stock": AtLeast("1")}, {"stock": AtMost("9")}, {"other": None}])
    def test_values_of_another_type_and_missing_ones_satisfy_nothing(self, table: Table, when: dict[str, Any]) -> None:
        table.put(order(stock=5))
        assert not table.update(("ann", 1), {"seen": True}, when=when)
