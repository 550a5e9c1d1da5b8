"""Build what was committed, check what was built, and release what a person has agreed to."""

from __future__ import annotations

import json
from typing import Any

from functions.runtime import Permanent, Run, runner


class BuildBroken(Permanent):
    """The commit does not become something that could be released."""


@runner
def build(commit: dict[str, Any], run: Run) -> dict[str, str]:
    """Keep the built artefact under the commit's own name, so that building again changes nothing."""
    if not commit["files"]:
        raise BuildBroken("nothing to build")
    key = f"{commit['repository']}/{commit['commit']}.json"
    run.stores.artefacts.put(key, json.dumps(commit["files"], sort_keys=True).encode())
    return {"artefact": key}


@runner
def check(built: dict[str, str], run: Run) -> dict[str, int]:
    """Return how many checks have passed; each file is one, and a file that says FIXME fails."""
    files = json.loads(run.stores.artefacts.read(built["artefact"]))
    failed = sorted(name for name, text in files.items() if "FIXME" in text)
    if failed:
        raise BuildBroken(f"failed: {', '.join(failed)}")
    return {"passed": len(files)}


@runner
def release(agreed: dict[str, str], run: Run) -> dict[str, Any]:
    """Let the repository's release be this artefact, and say who agreed to it."""
    repository, _, file = agreed["artefact"].rpartition("/")
    files = json.loads(run.stores.artefacts.read(agreed["artefact"]))
    commit = file.removesuffix(".json")
    told = {"repository": repository, "commit": commit, "files": len(files), "approved_by": agreed["approved_by"]}
    run.stores.releases.put(told)
    return {"released": True, "commit": commit}
