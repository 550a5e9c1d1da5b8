"""Random ledgers, one random act of tampering each: it is always found, and the finding leads to the entry."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.contract.archive import pack, seal_key
from functions.contract.identity import canonical_json
from functions.contract.ledger import LedgerEntry, Status
from tests.unit.operations.evidence_world import NOW, PIPELINE, EvidenceWorld, entry

Draw = Callable[[st.SearchStrategy[Any]], Any]
FIRST = NOW - timedelta(days=3)
SEALED = [(FIRST + timedelta(days=day)).date().isoformat() for day in range(3)]


@dataclass
class Tampered:
    """A world after the act, and what a finding must name: a run token, an object's key, or a day's seal."""

    world: EvidenceWorld
    names: set[str]


def build(draw: Draw) -> EvidenceWorld:
    """Return three sealed days and today, each with runs of one to three attempts in objects of random sizes."""
    world = EvidenceWorld()
    runs = 0
    for day in range(4):
        at, written = FIRST + timedelta(days=day, hours=-2), []
        for _ in range(draw(st.integers(1, 4))):
            runs += 1
            written += run_of(f"t{runs}", f"m{runs}", draw(st.integers(1, 3)), at)
        while written:
            size = draw(st.integers(1, len(written)))
            world.record(*written[:size])
            del written[:size]
    world.seal(*SEALED)
    return world


def run_of(token: str, message: str, attempts: int, at: Any) -> list[LedgerEntry]:
    entries: list[LedgerEntry] = []
    for attempt in range(1, attempts + 1):
        last = attempt == attempts
        status = Status.SUCCEEDED if last else Status.FAILED
        previous = entries[-1].hash if entries else None
        time = at + timedelta(seconds=attempt)
        entries.append(entry(token, message, attempt, time, status=status, previous_hash=previous))
    return entries


def an_item(world: EvidenceWorld, draw: Draw) -> tuple[tuple[str, str], str]:
    key = draw(st.sampled_from(sorted(world.table.items)))
    return key, key[0].partition("#")[2]


def an_object(world: EvidenceWorld, draw: Draw, days: list[str], least: int = 1) -> str:
    keys = [one.key for day in days for one in world.archive.objects_of(day)]
    return str(draw(st.sampled_from([key for key in keys if len(world.lines(key)) >= least] or keys)))


def token_of(line: str) -> str:
    return str(json.loads(line)["run_token"])


def change_item(world: EvidenceWorld, draw: Draw) -> set[str]:
    key, token = an_item(world, draw)
    item = world.table.items[key]
    told = json.loads(item["entry"])
    name = draw(st.sampled_from(sorted(told)))
    item["entry"] = canonical_json({**told, name: f"{told[name]}x"})
    return {token}


def change_item_beside(world: EvidenceWorld, draw: Draw) -> set[str]:
    key, token = an_item(world, draw)
    item = world.table.items[key]
    item[draw(st.sampled_from(["expires_at"]))] += draw(st.integers(1, 10**6))
    return {token}


def remove_item(world: EvidenceWorld, draw: Draw) -> set[str]:
    key, token = an_item(world, draw)
    del world.table.items[key]
    return {token}


def forge_item(world: EvidenceWorld, draw: Draw) -> set[str]:
    at = FIRST + timedelta(minutes=draw(st.integers(0, 4200)))
    world.table.put(entry("forged", "mforged", at=at).to_item())
    return {"forged"}


def forge_attempt(world: EvidenceWorld, draw: Draw) -> set[str]:
    """A further entry of a run that exists, linked as it should be."""
    _, token = an_item(world, draw)
    newest = world.table.of_run_token(token)[-1]
    forged = replace(newest, status=Status.DUPLICATE, run_id="mforged.1", previous_hash=newest.hash)
    world.table.put(forged.to_item())
    return {token}


def move_item(world: EvidenceWorld, draw: Draw) -> set[str]:
    key, token = an_item(world, draw)
    item = world.table.items.pop(key)
    world.table.put({**item, "pk": f"{PIPELINE}#elsewhere"})
    return {token, "elsewhere"}


def swap_items(world: EvidenceWorld, draw: Draw) -> set[str]:
    (one, token), (other, _) = an_item(world, draw), an_item(world, draw)
    if one == other:
        return remove_item(world, draw)
    items = world.table.items
    items[one]["entry"], items[other]["entry"] = items[other]["entry"], items[one]["entry"]
    return {token}


def change_line(world: EvidenceWorld, draw: Draw) -> set[str]:
    key = an_object(world, draw, world.archive.days())
    lines = world.lines(key)
    number = draw(st.integers(0, len(lines) - 1))
    token = token_of(lines[number])
    told = json.loads(lines[number])
    lines[number] = canonical_json({**told, "duration_ms": told["duration_ms"] + draw(st.integers(1, 9))})
    world.replace_object(key, lines)
    return {token}


def remove_line(world: EvidenceWorld, draw: Draw) -> set[str]:
    key = an_object(world, draw, world.archive.days())
    lines = world.lines(key)
    token = token_of(lines.pop(draw(st.integers(0, len(lines) - 1))))
    world.replace_object(key, lines)
    return {token}


def forge_line(world: EvidenceWorld, draw: Draw) -> set[str]:
    key = an_object(world, draw, world.archive.days())
    lines = world.lines(key)
    expired = draw(st.booleans())
    forged = entry("forged", "mforged", at=FIRST, **({"expires_at": 1} if expired else {}))
    lines.insert(draw(st.integers(0, len(lines))), forged.text)
    world.replace_object(key, lines)
    sealed = any(day in key for day in SEALED)
    return {key} if expired and sealed else {"forged"}


def repeat_line(world: EvidenceWorld, draw: Draw) -> set[str]:
    key = an_object(world, draw, world.archive.days())
    lines = world.lines(key)
    lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(lines)))
    world.replace_object(key, lines)
    return {key}


def reorder_lines(world: EvidenceWorld, draw: Draw) -> set[str]:
    key = an_object(world, draw, SEALED, least=2)
    lines = world.lines(key)
    if len(lines) < 2:
        return remove_line(world, draw)
    world.replace_object(key, [lines[-1], *lines[:-1]])
    return {key}


def move_line(world: EvidenceWorld, draw: Draw) -> set[str]:
    """A line leaves one sealed object for another; the table still agrees with every line."""
    one, other = an_object(world, draw, SEALED), an_object(world, draw, SEALED)
    if one == other:
        return remove_line(world, draw)
    lines = world.lines(one)
    moved = lines.pop(draw(st.integers(0, len(lines) - 1)))
    world.replace_object(one, lines)
    world.replace_object(other, [*world.lines(other), moved])
    return {one}


def write_again(world: EvidenceWorld, draw: Draw) -> set[str]:
    """What Object Lock leaves to an attacker: another version on top."""
    key = an_object(world, draw, world.archive.days())
    lines = world.lines(key)
    world.objects.put(key, pack([*lines, lines[0].replace("dublin-1", "dublin-2")]))
    return {key}


def truncate_object(world: EvidenceWorld, draw: Draw) -> set[str]:
    key = an_object(world, draw, world.archive.days())
    body = world.objects.body(key, "0")
    world.objects.versions[key] = [body[: draw(st.integers(0, len(body) - 1))]]
    return {key}


def remove_object(world: EvidenceWorld, draw: Draw) -> set[str]:
    key = an_object(world, draw, world.archive.days())
    token = token_of(world.lines(key)[0])
    del world.objects.versions[key]
    return {token}


def forge_object(world: EvidenceWorld, draw: Draw) -> set[str]:
    day = draw(st.sampled_from(world.archive.days()))
    world.archive_texts([entry("forged", "mforged", at=FIRST).text], day)
    return {"forged"}


def remove_seal(world: EvidenceWorld, draw: Draw) -> set[str]:
    key = seal_key(PIPELINE, draw(st.sampled_from(SEALED)))
    del world.objects.versions[key]
    return {key}


def swap_seals(world: EvidenceWorld, draw: Draw) -> set[str]:
    keys = [seal_key(PIPELINE, day) for day in draw(st.permutations(SEALED))[:2]]
    versions = world.objects.versions
    versions[keys[0]], versions[keys[1]] = versions[keys[1]], versions[keys[0]]
    return set(keys)


def change_seal(world: EvidenceWorld, draw: Draw) -> set[str]:
    """The last day is spoilt and sealed anew; every seal but the last would also break the chain."""
    key = seal_key(PIPELINE, SEALED[-1])
    told = json.loads(world.objects.body(key, "0"))
    name = draw(st.sampled_from(["count", "merkle_root", "previous_hash"]))
    value = told[name] + 1 if name == "count" else "0" * 64
    world.objects.versions[key] = [canonical_json({**told, name: value}).encode()]
    return {key}


def seal_again(world: EvidenceWorld, draw: Draw) -> set[str]:
    """A day loses an entry everywhere, and its seal is made anew to fit: the next seal tells."""
    day = SEALED[draw(st.integers(0, 1))]
    key = an_object(world, draw, [day])
    for stored in SEALED[SEALED.index(day) :]:
        kept = world.objects.versions.pop(seal_key(PIPELINE, stored))
        if stored != day:
            world.objects.versions[seal_key(PIPELINE, stored)] = kept
    for line in world.lines(key):
        told = LedgerEntry.from_text(line)
        del world.table.items[told.pk, told.sk]
    del world.objects.versions[key]
    before = [day for day in SEALED if day < SEALED[SEALED.index(day)]]
    kept_seals = {one: world.objects.versions[seal_key(PIPELINE, one)] for one in before}
    world.seal(*before, day)
    for one, versions in kept_seals.items():
        world.objects.versions[seal_key(PIPELINE, one)] = versions
    return {seal_key(PIPELINE, SEALED[SEALED.index(day) + 1])}


ACTS = [
    change_item,
    change_item_beside,
    remove_item,
    forge_item,
    forge_attempt,
    move_item,
    swap_items,
    change_line,
    remove_line,
    forge_line,
    repeat_line,
    reorder_lines,
    move_line,
    write_again,
    truncate_object,
    remove_object,
    forge_object,
    remove_seal,
    swap_seals,
    change_seal,
    seal_again,
]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_ledger_that_nobody_touched_is_intact(data: st.DataObject) -> None:
    found = build(data.draw).verify()
    assert found.findings == ()
    assert (found.days, found.sealed_days, found.items) == (4, 3, found.archived)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_act_of_tampering_is_found_and_named(data: st.DataObject) -> None:
    world = build(data.draw)
    act = data.draw(st.sampled_from(ACTS))
    names = act(world, data.draw)
    found = world.verify()
    named = {name for one in found.findings for name in (one.run_token, one.place)}
    assert not found.intact
    assert names & named, (act.__name__, names, found.findings)
