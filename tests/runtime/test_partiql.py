"""Batches of statements: their text, their values, and what the answers mean."""

from __future__ import annotations

from typing import Any

import pytest

from functions.runtime.partiql import (
    CONFLICT,
    DONE,
    Answer,
    Outcome,
    Statement,
    execute,
    from_attributes,
    insert,
    read_items,
    to_attribute,
    update,
)


class Answers:
    """A client that answers with what it is given and keeps what it was asked."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def batch_execute_statement(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        return self.answers.pop(0)

    batch_get_item = batch_execute_statement


def test_an_insert_names_every_attribute() -> None:
    statement = insert("state", {"pk": "a", "n": 1})
    assert statement == Statement("INSERT INTO \"state\" VALUE {'pk': ?, 'n': ?}", ("a", 1))


def test_an_update_changes_one_item_under_equalities_alone() -> None:
    statement = update("state", {"a": 1, "b": "x"}, {"pk": "p", "c": 2})
    assert statement == Statement('UPDATE "state" SET a = ? SET b = ? WHERE pk = ? AND c = ?', (1, "x", "p", 2))


def test_values_travel_there_and_back() -> None:
    item = {"text": "ä", "number": -5, "list": ["a", "b"]}
    assert from_attributes({name: to_attribute(value) for name, value in item.items()}) == item
    assert from_attributes({"odd": {"BOOL": True}, "text": {"S": ""}}) == {"text": ""}


def test_every_statement_has_an_answer_of_its_own() -> None:
    errors = ["DuplicateItem", "ConditionalCheckFailed", "ThrottlingError", "ProvisionedThroughputExceeded"]
    client = Answers({"Responses": [{"TableName": "t"}, *({"Error": {"Code": code}} for code in errors)]})
    answers = execute(client, [Statement("x", ())] * 6)
    assert answers[:3] == [DONE, CONFLICT, CONFLICT]
    assert [answer.code for answer in answers[3:]] == ["ThrottlingError", "ProvisionedThroughputExceeded", "NoAnswer"]
    assert {answer.outcome for answer in answers[3:]} == {Outcome.FAILED}
    assert not Answer(Outcome.FAILED).done


def test_statements_go_out_25_a_call() -> None:
    client = Answers({"Responses": [{}] * 25}, {"Responses": [{}] * 5})
    assert len(execute(client, [Statement("x", ("a",))] * 30)) == 30
    assert [len(request["Statements"]) for request in client.asked] == [25, 5]


def test_reads_are_consistent_and_ask_for_each_key_once() -> None:
    client = Answers({"Responses": {"t": [{"pk": {"S": "a"}}]}}, {"Responses": {}})
    assert read_items(client, "t", [("a", "s"), ("a", "s"), *((str(number), "s") for number in range(100))]) == [
        {"pk": "a"}
    ]
    assert [len(request["RequestItems"]["t"]["Keys"]) for request in client.asked] == [100, 1]
    assert all(request["RequestItems"]["t"]["ConsistentRead"] for request in client.asked)


def test_keys_that_were_left_unread_are_an_error() -> None:
    with pytest.raises(LookupError, match="UnprocessedKeys"):
        read_items(Answers({"Responses": {}, "UnprocessedKeys": {"t": {}}}), "t", [("a", "s")])
