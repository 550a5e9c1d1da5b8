"""What every test process needs before anything is imported."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("CDK_VALIDATION", "false")
os.environ.setdefault("JSII_NODE", str(Path(sys.prefix) / "bin" / "node"))
