"""What outputs have sent, in the order in which it arrived, by the ids that receivers know repeats by."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Sent:
    """Everything that arrived; what is sent again arrives again under the same id."""

    arrivals: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of id and content."""
    contents: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """What arrived at each place under each id; more than one is a repeat that is no repeat."""

    def note(self, place: str, id: str, content: str) -> None:
        """Note one arrival at a place; places do not know each other's ids."""
        self.arrivals.append((id, content))
        self.contents[place, id].add(content)

    def differing(self) -> list[str]:
        """Return the ids under which different contents arrived at one place."""
        return sorted(f"{place} {id}" for (place, id), contents in self.contents.items() if len(contents) > 1)
