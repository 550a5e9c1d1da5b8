"""Let tenants stand in line in this process, and print how long they waited by the line's own clock.

Usage: python -m benchmarks.fairness.program <largest share in percent>
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from benchmarks.fairness.line import NOISY, Line, mixed

RECORDS = 1_000
"""Of the noisy tenant."""


def main() -> None:
    """Measure both ways in which a noisy tenant comes."""
    share = int(sys.argv[1])
    with contextlib.redirect_stdout(io.StringIO()):
        waits = {"at the same time": at_once(share), "before them": after_a_burst(share)}
    print(json.dumps(waits))


def at_once(share: int) -> dict[str, float]:
    """A tenant sends as much as ten others together, at the same time: a hundred times as much as each."""
    line = Line(max_share=share)
    line.send(mixed(RECORDS, quiet=10, each=10))
    return told(line)


def after_a_burst(share: int) -> dict[str, float]:
    """Ten tenants that were there before send ten records each behind the burst of another."""
    line = Line(max_share=share)
    quiet = [f"quiet-{number}" for number in range(10)]
    line.send(quiet)
    line.deliver()
    line.send([NOISY] * RECORDS + quiet * 10)
    return told(line)


def told(line: Line) -> dict[str, float]:
    """Drain the line and return the 95th percentile and the longest of the quiet waits, and the time for all."""
    seconds, waits = line.drain(), line.quiet_waits()
    return {"p95": waits[int(0.95 * len(waits))], "longest": waits[-1], "all": seconds}


if __name__ == "__main__":
    main()
