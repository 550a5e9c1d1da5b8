"""PartiQL statements are told apart by verb, table and partition key."""

from __future__ import annotations

import json

import pytest

from constructs_lib.local.statements import Statement, parse_statement, statements_of

KEY = [{"S": "shop-orders#1"}, {"S": "claim"}]


@pytest.mark.parametrize(
    ("text", "parameters", "verb", "key"),
    [
        ("INSERT INTO \"state\" VALUE {'pk': ?, 'sk': ?}", KEY, "Insert", "shop-orders#1"),
        ("INSERT INTO \"state\" VALUE {'sk': ?, 'pk': ?}", KEY, "Insert", "claim"),
        (
            'UPDATE "state" SET a = ? SET b = ? WHERE pk = ? AND sk = ?',
            [{"S": "l"}, {"N": "1"}, *KEY],
            "Update",
            KEY[0]["S"],
        ),
        ("delete from state where sk = ? and pk = ?", [{"S": "x"}, {"S": "y"}], "Delete", "y"),
        ('SELECT * FROM "state" WHERE "pk" = ?', KEY, "Select", "shop-orders#1"),
        ('SELECT * FROM "state"', [], "Select", None),
    ],
)  # fmt: skip
def test_a_statement_says_what_it_does_to_which_item(
    text: str, parameters: list[dict[str, str]], verb: str, key: str | None
) -> None:
    assert parse_statement(text, parameters) == Statement(verb, "state", key)


def test_the_action_is_the_one_that_aws_checks() -> None:
    assert Statement("Insert", "ledger", None).action == "dynamodb:PartiQLInsert"


def test_text_that_is_no_statement_is_none() -> None:
    assert parse_statement("DROP TABLE ledger", []) is None


def test_a_batch_has_all_its_statements_and_a_query_has_none() -> None:
    text = "INSERT INTO \"ledger\" VALUE {'pk': ?}"
    body = json.dumps({"Statements": [{"Statement": text, "Parameters": [{"S": str(n)}]} for n in range(3)]}).encode()
    assert [one.partition_key for one in statements_of("BatchExecuteStatement", body)] == ["0", "1", "2"]
    assert statements_of("Query", body) == ()
