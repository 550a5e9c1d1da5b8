"""Nobody can change or remove evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from constructs_lib.governance.rule import Finding, PlanRule, Subject, TemplateRule
from constructs_lib.governance.shared_store import Store, breaches
from constructs_lib.governance.statement import Statement, planned_statements, template_statements
from constructs_lib.governance.template import TABLE, Template
from functions.contract.environment import Variable

FORBIDDEN: Final = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
    "dynamodb:DeleteTable",
    "dynamodb:UpdateTimeToLive",
)
"""What replaces or removes an item. PutItem does too; a PartiQL INSERT fails on an item that exists."""


class LedgerAppendOnly(PlanRule, TemplateRule):
    """Evidence that a function can rewrite proves nothing about what the function did."""

    slug = "ledger-append-only"
    requirement = "No role may replace, update or delete an entry of the ledger."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at the grants of the plan's functions on the ledger."""
        return self._all(planned_statements(subject), Store.planned(subject.plan.platform.ledger_table))

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at every role of the template; the ledger is the table that the functions' environment names."""
        return self._all(template_statements(template), Store.of_template(template, Variable.LEDGER_TABLE, TABLE))

    def _all(self, statements: Iterable[Statement], ledger: Store) -> Iterable[Finding]:
        for statement, action in breaches(statements, ledger, FORBIDDEN):
            yield self.finding(
                statement.place,
                found=f"{action} on the ledger table",
                allowed="dynamodb:PartiQLInsert, and reading",
                fix="remove the action; write a new entry that names the one it corrects",
                detail=action,
                at="PolicyDocument",
            )
