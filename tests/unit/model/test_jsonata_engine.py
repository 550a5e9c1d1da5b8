"""The library of expressions leaves the process as it was."""

from __future__ import annotations

import subprocess
import sys

from constructs_lib.model.jsonata_engine import jsonata_engine


def test_the_first_expression_leaves_the_recursion_limit_as_it_was() -> None:
    program = (
        "import sys; before = sys.getrecursionlimit();"
        "from constructs_lib.declaration.jsonata_expression import parse_expression;"
        "assert not parse_expression('{% $a.b %}').fault; assert 'jsonata' in sys.modules;"
        "sys.exit(sys.getrecursionlimit() != before)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_an_expression_can_be_evaluated() -> None:
    assert jsonata_engine()("1 + 1").evaluate(None) == 2
