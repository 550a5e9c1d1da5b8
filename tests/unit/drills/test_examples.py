"""Every declaration of the repository can be drilled as it stands, whatever its source, its stores and its outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

import constructs_lib
from constructs_lib.drills.registry import all_drills, drill
from constructs_lib.drills.subject import Subject
from constructs_lib.drills.workers import subjects
from constructs_lib.errors import UserError

ROOT = Path(constructs_lib.__file__).parents[1]
FILES = sorted(
    str(file.relative_to(ROOT))
    for pattern in ("pipelines/*.yaml", "examples/*/*.yaml", "tests/local/pairs/*.yaml")
    for file in ROOT.glob(pattern)
)
NOT_INSTALLED = {"examples/image_resize/image_resize.yaml": "PIL"}
"""What handlers need that is in their bundles, and not here."""
HERE = [file for file in FILES if file not in NOT_INSTALLED]
QUICK = ("duplicate", "malformed", "poison", "read-again")


def test_there_are_examples_of_every_source() -> None:
    sources = {Subject.named(str(ROOT / file)).source.type for file in FILES}
    assert sources >= {"http", "queue", "topic", "event_bus", "iot", "s3", "schedule", "dynamodb", "kinesis"}


@pytest.mark.parametrize("file", HERE)
def test_a_declaration_stands_its_drills_with_the_events_of_its_own_source(file: str) -> None:
    for subject in subjects(Subject.named(str(ROOT / file))):
        with subject.environment():
            drills = [drill(name) for name in QUICK]
            outcomes = [one.run(subject, 1) for one in drills if not one.inapplicable(subject)]
        assert outcomes
        assert [str(one.found) for one in outcomes if one.found] == []
        assert len([one for one in all_drills() if not one.inapplicable(subject)]) >= len(outcomes)


def test_what_shares_records_out_is_drilled_and_each_worker_by_itself() -> None:
    whole = Subject.named(str(ROOT / "examples/video_fan_out/video_fan_out.yaml"))
    name, *workers = [subject.name for subject in subjects(whole)]
    assert name == "video-fan-out"
    assert workers == [f"video-fan-out:{worker}" for worker in ("thumbnails", "transcode", "captions", "moderation")]


@pytest.mark.parametrize(("file", "missing"), NOT_INSTALLED.items())
def test_a_handler_whose_requirements_are_not_installed_is_told(file: str, missing: str) -> None:
    with pytest.raises(UserError, match=f"handler-not-importable.*|{missing}") as caught:
        Subject.named(str(ROOT / file)).prepare()
    assert missing in caught.value.faults[0].found
