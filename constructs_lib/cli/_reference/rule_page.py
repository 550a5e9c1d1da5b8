"""The index of the governance rules."""

from __future__ import annotations

from constructs_lib.cli._reference.markdown import code, page, table

_ABOUT = """\
Rules run at `cdk synth`; those that read the plan also run in `pipelines plan`. `deny` and `require_approval` stop the
synthesis, `warn` does not. [Approvals and acknowledgements](approvals.md) says how a finding is answered for."""


def rule_page() -> str:
    """Return the page, in the order of the rules' names."""
    from constructs_lib.governance.review import all_rules

    rows = [
        (f"[{rule.slug}]({rule.slug}.md)", code(rule.decision.value), rule.requirement)
        for rule in sorted(all_rules(), key=lambda rule: rule.slug)
    ]
    return page("Governance rules", _ABOUT, table(("rule", "decision", "what holds when all is well"), rows))
