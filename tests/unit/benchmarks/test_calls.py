"""What the benchmark of the runtime counts: requests by botocore's events, write units by item sizes."""

from __future__ import annotations

from benchmarks.runtime.calls import units, written_items


def test_an_item_of_one_kilobyte_costs_one_unit_and_one_byte_more_costs_two() -> None:
    assert units({"a": {"S": "x" * 1023}}) == 1
    assert units({"a": {"S": "x" * 1024}}) == 2


def test_text_counts_by_its_bytes_and_a_list_by_its_members() -> None:
    assert units({"a": {"S": "é" * 512}}) == 2
    assert units({"a": {"L": [{"S": "x" * 510}, {"S": "x" * 510}]}}) == 2
    assert units({"a": {"L": [{"S": "x" * 508}, {"S": "x" * 508}]}}) == 1


def test_every_statement_of_a_batch_is_an_item_with_its_names() -> None:
    insert = {"Statement": "INSERT INTO \"t\" VALUE {'pk': ?, 'sk': ?}", "Parameters": [{"S": "a"}, {"S": "b"}]}

    items = written_items("BatchExecuteStatement", {"Statements": [insert, insert]})

    assert items == [{"pk": {"S": "a"}, "sk": {"S": "b"}}] * 2


def test_an_update_counts_with_its_key_and_values_and_a_read_counts_nothing() -> None:
    update = {"Key": {"id": {"S": "a"}}, "ExpressionAttributeValues": {":s": {"S": "DONE"}}}

    assert written_items("UpdateItem", update) == [{"id": {"S": "a"}, ":s": {"S": "DONE"}}]
    assert written_items("BatchGetItem", {"RequestItems": {}}) == []
