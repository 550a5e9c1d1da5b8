"""What outputs have sent, in the order in which it arrived, by the ids that receivers know repeats by."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Sent:
    """Everything that arrived; what is sent again arrives again under the same id."""

    arrivals: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of id and content."""

    def note(self, id: str, content: str) -> None:
        """Note one arrival."""
        self.arrivals.append((id, content))

    def contents(self) -> dict[str, set[str]]:
        """Return every content that arrived under each id; more than one is a repeat that is no repeat."""
        found: dict[str, set[str]] = defaultdict(set)
        for id, content in self.arrivals:
            found[id].add(content)
        return dict(found)

    def differing(self) -> list[str]:
        """Return the ids under which different contents arrived."""
        return sorted(id for id, contents in self.contents().items() if len(contents) > 1)
