"""Publish each changed contact to the CRM."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, runner


@runner
def publish(contact: dict[str, Any], run: Run) -> None:
    """Send what the CRM keeps of a contact."""
    known = {"name": contact["name"], "email": contact["email"], "version": contact["version"]}
    run.outputs.crm.put(known, path={"contact_id": contact["contact_id"]})
