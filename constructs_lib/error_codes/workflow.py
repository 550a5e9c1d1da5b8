"""Codes of faults in workflows."""

from __future__ import annotations

WORKFLOW: dict[str, str] = {
    "handling-unclear": "Nothing works on the records, or more than one of runner, workflow and fan_out.",
    "step-name-reserved": "A step has the name of a variable that every workflow has.",
}
