from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.loader import parse_pipeline
from constructs_lib.governance.review import Review, all_rules, review
from constructs_lib.governance.rule import Finding, PlanRule, Rule, Subject, TemplateRule
from constructs_lib.governance.template import Template
from constructs_lib.model.names import platform_names
from tests.unit.governance.cases import CODE

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "rules"
TESTS = Path(__file__).parent / "rules"
APPROVALS = "approvals"
INDEX = "index"
RULES = {rule.slug: rule for rule in all_rules()}
BLOCK = re.compile(r"^```yaml (\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One page: its text in one line, and its examples by their mark."""

    words: str
    examples: dict[str, str]


def page(slug: str) -> Page:
    text = (PAGES / f"{slug}.md").read_text(encoding="utf-8")
    return Page(" ".join(text.split()), dict(BLOCK.findall(text)))


def judge(rule: Rule, example: str) -> list[Finding]:
    """Run a rule over an example, which is a template when it has resources and a declaration when it has not."""
    document: dict[str, Any] = next(yaml.safe_load_all(example))
    if "Resources" in document:
        assert isinstance(rule, TemplateRule)
        return list(rule.check_template(Template(document)))
    assert isinstance(rule, PlanRule)
    subjects = [subject_of(text) for text in example.split("---\n")]
    return [finding for _, finding in rule.check_all(subjects)]


def subject_of(example: str) -> Subject:
    declaration = parse_pipeline(example, directory=CODE)
    return Subject(declaration, plan_pipeline(declaration, platform=platform_names("pipelines", "dev")), load_catalog())


def reviewed(example: str, today: date) -> Review:
    return review([subject_of(example)], today=today)


@pytest.mark.parametrize("slug", sorted(RULES))
def test_the_failing_example_of_a_page_is_found_and_the_passing_one_is_not(slug: str) -> None:
    examples = page(slug).examples
    assert [finding.rule for finding in judge(RULES[slug], examples["fails"])] != []
    assert judge(RULES[slug], examples["passes"]) == []


@pytest.mark.parametrize("slug", sorted(RULES))
def test_a_page_says_what_the_rule_says(slug: str) -> None:
    rule, words = RULES[slug], page(slug).words
    assert words.startswith(f"# {slug} {rule.requirement} {(type(rule).__doc__ or '').strip()}")
    assert f"Decision `{rule.decision.value}`, version {rule.version}, id `{rule.id()}`." in words


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert {file.stem for file in PAGES.glob("*.md")} == {*RULES, APPROVALS, INDEX}


def test_every_rule_has_a_test_file_and_every_test_file_a_rule() -> None:
    assert {file.stem for file in TESTS.glob("test_*.py")} == {f"test_{slug.replace('-', '_')}" for slug in RULES}


def test_a_rule_is_named_like_its_module() -> None:
    for slug, rule in RULES.items():
        assert type(rule).__module__.rsplit(".", 1)[-1] == slug.replace("-", "_")


def test_the_approval_of_the_page_lifts_the_finding_until_it_expires() -> None:
    example = page(APPROVALS).examples["approval"]
    lifted = reviewed(example, date(2027, 6, 30))
    assert not lifted.blocked
    assert [item.finding.id for item in lifted.lifted] == ["Pipeline::size-approval[runner.size]"]
    assert reviewed(example, date(2027, 7, 1)).blocked
