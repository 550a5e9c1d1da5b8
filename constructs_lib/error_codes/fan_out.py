"""Codes of faults where records are shared out to workers."""

from __future__ import annotations

FAN_OUT: dict[str, str] = {
    "worker-twice": "Two workers have one name.",
    "worker-output-unknown": "A worker names an output that the pipeline does not declare.",
    "worker-store-unknown": "A worker names a store that the pipeline does not declare.",
    "items-unbounded": "A record's items are shared out, and nothing says how many it has at most.",
    "items-unclear": "What is said of items does not fit together, or there are none.",
    "items-marked": "Items of records with sensitive fields are shared out in a data class that hides none.",
    "fan-out-not-possible": "Records are shared out where somebody waits, order is kept or intake is controlled.",
    "fan-in-of-workers": "It is said what a group is, where it follows from the workers.",
}
