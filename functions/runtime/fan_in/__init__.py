"""Fan-in: records that are parts of groups, each group consolidated once when it is complete or its time is over.

A part counts from its registration on, which comes after its landing and before its completion. A group is closed
before its parts are counted for the last time; so a worker that finds the group open after it has registered its part
knows that the part is handed over, and one that finds it closed can read in the group's list whether it is.
"""

from functions.runtime.fan_in.parts import PartData, Parts

__all__ = ["PartData", "Parts"]
