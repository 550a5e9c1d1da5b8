"""What expressions read from around them: free variables and nothing that they bind themselves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.declaration.jsonata_expression import (
    Read,
    expressions_in,
    is_expression,
    parse_expression,
    reads_of,
)
from constructs_lib.model.jsonata_names import ADDED, STANDARD, UNSUPPORTED


def reads(source: str) -> set[str]:
    """Return what is read as text: ``a.b``, and ``f()`` for what is called."""
    expression = parse_expression(f"{{% {source} %}}")
    assert expression.fault is None
    return {".".join((read.name, *read.fields)) + ("()" if read.called else "") for read in expression.reads}


@pytest.mark.parametrize(
    ("source", "free"),
    [
        ("$a.b.c", {"a.b.c"}),
        ("$a[0].b", {"a"}),
        ("$a.b[x=$i].c", {"a.b", "i"}),
        ("($z := $y; $z + $z)", {"y"}),
        ("($z := 1; function($q) { $q + $z + $w })(4)", {"w"}),
        ("($f := function($n) { $n = 0 ? 1 : $f($n - 1) }; $f($m))", {"m"}),
        ("$z + ($z := 1; $z)", {"z"}),
        ("$a.b@$v#$p.{ 'k': $v, 'n': name, 'p': $p, 'o': $o }", {"a.b", "o"}),
        ("$a^(>x, $y)", {"a", "y"}),
        ("$a ~> $f ~> |x|{'a': $u}, ['b']|", {"a", "f", "u"}),
        ("$map($xs, $string) ? [1..$n] : -$m", {"map()", "xs", "string", "n", "m"}),
        ("$a.b{ $c: $sum(d) }", {"a.b", "c", "sum()"}),
        ("$filter($a, function($v, $i) { $v.x > $limit })", {"filter()", "a", "limit"}),
        ("$substring(?, 0, $n)($t)", {"substring()", "n", "t"}),
        ("[$a, { 'x': $b }][$c]", {"a", "b", "c"}),
        ("'$no' & \"$no\" & `$no` /* $no */ & $yes", {"yes"}),
        ("1", set()),
    ],
)
def test_an_expression_reads_what_it_does_not_bind(source: str, free: set[str]) -> None:
    assert reads(source) - {"$no"} == free


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ("total > 5", ("total",)),
        ("$.total", ("$",)),
        ("$$.total", ("$$",)),
        ("$record.body.lines[qty > 2].price", ()),
        ("$record.body.lines.(price * qty)", ()),
        ("$sum(lines.price)", ("lines",)),
        ("$record.body[$.x = 1]", ()),
        ("*", ("*",)),
    ],
)
def test_names_without_a_variable_in_front_are_told_apart(source: str, bare: tuple[str, ...]) -> None:
    assert [name for name in parse_expression(f"{{%{source}%}}").bare if name != "no"] == list(bare)


@pytest.mark.parametrize("source", ["", "$a +", "$a.(", "[1, 2", "'open", "1 2", "?", "function($x", "/[)/"])
def test_what_is_not_jsonata_says_why(source: str) -> None:
    assert parse_expression(f"{{%{source}%}}").fault


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("$abc.()[]{}?:=+-*/%|^~>'\"`@#,;&<! 0123"), max_size=30))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    expression = parse_expression(f"{{%{source}%}}")
    assert (expression.fault is None) or (expression.reads, expression.bare) == ((), ())


def test_only_a_text_that_is_marked_at_both_ends_is_computed() -> None:
    texts: list[Any] = ["{% 1 %}", "{%%}", "{%}", "a {% 1 %}", "{% 1", 3, None]
    assert [is_expression(text) for text in texts] == [True, True, False, False, False, False, False]


def test_a_template_has_expressions_at_any_depth() -> None:
    template = {"a": ["{% $x %}", {"b": "{% $y.z %}"}], "c": "plain"}
    assert list(expressions_in(template, "input")) == [
        ("input.a[0]", "{% $x %}"),
        ("input.a[1].b", "{% $y.z %}"),
        ("input.c", "plain"),
    ]
    assert set(reads_of(template)) == {Read("x"), Read("y", ("z",))}


def test_the_names_of_functions_are_those_of_the_library_that_evaluates() -> None:
    from jsonata import Jsonata

    Jsonata("1")
    known = set(Jsonata.static_frame.bindings) - UNSUPPORTED
    assert {name for name in known if name.isidentifier()} == STANDARD
    assert "uuid" in ADDED
