"""A map: its items, its steps, and where results go."""

from __future__ import annotations

from tests.unit.workflow_states.made import step, texts

ITEM = [{"type": "succeed", "name": "two", "output": "{% $item %}"}]
CAPS = {"max_items": 10, "max_concurrency": 2}


def test_the_steps_of_an_item_are_a_list_of_their_own() -> None:
    inline = step(type="map", items="{% $record.body.lines %}", steps=ITEM, **CAPS)
    assert {place: [one.name for one in steps] for place, steps in inline.scopes().items()} == {"steps": ["two"]}
    assert texts(inline) == {"items": "{% $record.body.lines %}"}


def test_keys_of_objects_may_be_computed() -> None:
    source = {"format": "csv", "key": "{% $record.body.file %}"}
    results = {"store": "files", "prefix": "{% $run.token %}"}
    read = step(type="map", mode="distributed", source=source, results=results, steps=ITEM, **CAPS)
    assert texts(read) == {"source.key": "{% $record.body.file %}", "results.prefix": "{% $run.token %}"}


def test_maps_nest() -> None:
    inner = {"type": "map", "name": "two", "items": "{% $item %}", "steps": [{**ITEM[0], "name": "three"}], **CAPS}
    outer = step(type="map", items="{% $record.body %}", steps=[inner], **CAPS)
    assert [one.name for one in outer.scopes()["steps"][0].scopes()["steps"]] == ["three"]
