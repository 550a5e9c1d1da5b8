"""``pipelines schema`` prints or writes the schema of a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.cli import main
from constructs_lib.declaration.schema import schema_text

if TYPE_CHECKING:
    from pathlib import Path


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["schema"])
    assert not ended.value.code
    assert capsys.readouterr().out == schema_text()


@pytest.mark.parametrize("place", ["none/schema.json", "."])
def test_a_place_that_cannot_be_written_is_told(place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["schema", "--output", str(tmp_path / place)])
    assert ended.value.code == 1
    assert "[output-unwritable]" in capsys.readouterr().err


def test_the_schema_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["schema", "--output", str(tmp_path / "schema.json")])
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == schema_text()
    assert capsys.readouterr().out == ""
