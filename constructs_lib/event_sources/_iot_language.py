"""What AWS IoT refuses of a rule: filters of topics, and conditions that are no whole ones."""

from __future__ import annotations

import re

from constructs_lib.model.refusal import refusal

MOST_SLASHES = 7
"""Slashes of a topic (AWS IoT Core message broker quotas); those of a reserved topic's beginning do not count."""
_RESERVED = re.compile(r"\$aws/(rules/[^/]+|[^/]+/[^/]+)/|\$")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'")
_CUT_OFF = re.compile(r"(?:[=<>+*/%,(-]|\b(?:AND|OR|NOT|IN|LIKE|WHERE|SELECT|FROM))\s*$", re.IGNORECASE)


def check_topic(topic: str) -> str:
    """Return a filter of MQTT topics: ``+`` is a whole level, ``#`` the last one.

    Raises:
        PydanticCustomError: ``iot-rule-wrong``.
    """
    levels = topic.split("/")
    if any("+" in level and level != "+" for level in levels):
        _refuse(f"+ beside other text in {topic!r}", "+ as a whole level", "write plants/+/readings")
    if any("#" in level and level != "#" for level in levels) or "#" in levels[:-1]:
        _refuse(f"# before the end of {topic!r}", "# as the whole last level", "write plants/#")
    if _RESERVED.sub("", topic, count=1).count("/") > MOST_SLASHES:
        _refuse(
            f"{topic.count('/')} slashes in a topic", f"at most {MOST_SLASHES}", "shorten the topic, or end it with #"
        )
    return topic


def check_condition(text: str) -> str:
    """Return a condition, or a statement with one, whose quotes and brackets are closed and that is not cut off.

    Whether AWS IoT knows its functions and operators, only AWS IoT can tell.

    Raises:
        PydanticCustomError: ``iot-rule-wrong``.
    """
    bare = _QUOTED.sub("x", text)
    allowed, fix = "one whole condition in the SQL of AWS IoT", "write it like celsius > 80 AND kind = 'probe'"
    if "'" in bare:
        _refuse(f"a quote that is not closed in {text!r}", allowed, fix)
    if ";" in bare:
        _refuse(f"a semicolon in {text!r}", allowed, fix)
    if _unbalanced(bare):
        _refuse(f"brackets that do not match in {text!r}", allowed, fix)
    if _CUT_OFF.search(bare) and not bare.rstrip().endswith("*"):
        _refuse(f"{text!r} stops in the middle", allowed, fix)
    return text


def _unbalanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return True
    return depth != 0


def _refuse(found: str, allowed: str, fix: str) -> None:
    raise refusal("iot-rule-wrong", found, allowed, fix)
