"""The redactor: no form of a secret passes it, and everything else does."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.runtime.matcher import MASK
from functions.runtime.redaction import Hidden
from functions.runtime.redactor import RedactedError, Redactor

ODD = st.text(alphabet=st.sampled_from("aZ9 \"'\\\n\r\t/+=%&.*?[](){}|^$#é€😀\u2028\x00"), min_size=4, max_size=30)
SECRETS = st.one_of(ODD, st.text(min_size=4, max_size=40))
AROUND = st.text(alphabet="xyz -", max_size=6)


def knowing(*secrets: str) -> Redactor:
    redactor = Redactor()
    for secret in secrets:
        redactor.learn(secret)
    return redactor


def forms(secret: str) -> dict[str, str]:
    return {
        "raw": secret,
        "json": json.dumps({"a": secret}),
        "json in unicode": json.dumps([secret], ensure_ascii=False),
        "json in json": json.dumps(json.dumps([secret])),
        "repr": repr({"a": secret}),
        "ascii": ascii([secret, "it's"]),
        "key error": str(KeyError(secret)),
        "url": quote(secret, errors="replace"),
        "strict url": re.sub("%..", lambda escape: escape[0].lower(), quote(secret, safe="", errors="replace")),
        "form": quote_plus(secret, errors="replace"),
    }


@given(SECRETS, AROUND, AROUND)
def test_no_written_form_of_a_secret_passes(secret: str, before: str, after: str) -> None:
    redactor = knowing(secret)
    for name, form in forms(secret).items():
        told = redactor.text(f"{before}{form}{after}")
        assert secret not in told, name
        assert told != f"{before}{form}{after}", name


@given(SECRETS.filter(str.isprintable), st.binary(max_size=4), st.binary(max_size=4))
def test_a_secret_inside_of_base64_does_not_pass(secret: str, before: bytes, after: bytes) -> None:
    raw = secret.encode()
    text = base64.b64encode(before + raw + after).decode()
    told = knowing(secret).text(f"Authorization: Basic {text}")
    inner = text[-(-len(before) * 8 // 6) : (len(before) + len(raw)) * 8 // 6]
    assert inner not in told


@given(SECRETS)
def test_a_log_line_with_a_secret_is_json_without_it(secret: str) -> None:
    nested: dict[str, Any] = {"deep": [{"er": (secret, {secret: 1})}], "object": ValueError(secret)}
    line = json.loads(knowing(secret).line({"message": f"token {secret}!", "level": "INFO", **nested}))
    assert line.pop("level") == "INFO"
    assert not [text for text in [line.pop("message"), *texts(line)] if secret in text]


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*map(str, value), *(text for item in value.values() for text in texts(item))]
    return [text for item in value for text in texts(item)] if isinstance(value, list) else [str(value)]


@given(st.lists(SECRETS, min_size=2, max_size=5, unique=True))
def test_secrets_that_lie_in_each_other_all_go(secrets: list[str]) -> None:
    told = knowing(*secrets).text(" ".join(secrets))
    assert not [secret for secret in secrets if secret in told]


def test_each_value_of_a_json_secret_is_one_and_numbers_count_only_alone() -> None:
    redactor = knowing(json.dumps({"user": "shop-admin", "password": 'pa"ss', "port": 54321, "tls": True, "no": "ab"}))
    assert redactor.text('shop-admin:pa"ss@db:54321') == f"{MASK}:{MASK}@db:{MASK}"
    assert redactor.text("a154321b true ab") == "a154321b true ab"
    assert json.loads(redactor.line({"message": "x", "port": 54321}))["port"] == MASK


def test_lines_of_a_key_go_one_by_one() -> None:
    redactor = knowing("-----BEGIN KEY-----\nMIIEvQIBADANBg\nab\n-----END KEY-----")
    assert redactor.text("at line 2: MIIEvQIBADANBg, ab") == f"at line 2: {MASK}, ab"


def test_values_under_four_characters_stay_and_so_does_everything_else() -> None:
    assert knowing("abc").text("abc abcd") == "abc abcd"
    assert knowing("s3cret").text("secret s3cre t") == "secret s3cre t"
    assert Redactor().text("anything") == "anything"


def test_old_values_of_a_rotated_secret_are_not_forgotten() -> None:
    assert knowing("first-value", "second-value").text("first-value second-value") == f"{MASK} {MASK}"


def test_hidden_values_are_hidden_as_long_as_their_record_is_handled() -> None:
    redactor = Redactor()
    with redactor.hiding(lambda: Hidden(("jane@example.com", "DE", 1234)), {}):
        assert redactor.text("to jane@example.com in DE, 1234 or 12345") == f"to {MASK} in DE, {MASK} or 12345"
        line = json.loads(redactor.line({"message": "x", "country": "DE", "n": 1234, "other": 12}))
        assert (line["country"], line["n"], line["other"]) == (MASK, MASK, 12)
    assert redactor.text("to jane@example.com") == "to jane@example.com"


def test_what_the_platform_says_itself_is_left_alone_unless_it_is_said_otherwise() -> None:
    redactor = Redactor()
    own = {"tenant": "shop-1", "level": "INFO", "timestamp": "2026-01-01 00:00:00,000+0000", "message": "x"}
    with redactor.hiding(lambda: Hidden(("shop-1", "INFO", "2026", "x-1", "payload")), {"tenant": "shop-1"}):
        assert json.loads(redactor.line(dict(own))) == own
        assert json.loads(redactor.line({**own, "tenant": "x-1", "level": "payload"}))["tenant"] == MASK
        assert json.loads(redactor.line({**own, "level": "payload"}))["level"] == MASK


def test_a_record_is_not_looked_through_before_something_is_said() -> None:
    asked: list[int] = []

    def find() -> Hidden:
        asked.append(1)
        return Hidden(("value",))

    redactor = Redactor()
    with redactor.hiding(find, {}):
        assert asked == []
        assert redactor.text("a value, a value") == f"a {MASK}, a {MASK}"
        redactor.line({"message": "value"})
    assert asked == [1]


def test_an_exception_with_a_secret_leaves_as_one_without_and_others_as_they_are() -> None:
    redactor = knowing("s3cret-value")
    with pytest.raises(RedactedError, match=r"^RuntimeError: call to \*\*\* failed$"), redactor.guarding():
        raise RuntimeError("call to s3cret-value failed")
    with pytest.raises(RedactedError, match=r"^RuntimeError: outer$"), redactor.guarding():
        raise RuntimeError("outer") from ValueError("s3cret-value")
    with pytest.raises(KeyError, match="plain"), redactor.guarding():
        raise KeyError("plain")
