"""Errors a user can cause: each names the place, the finding, what is allowed, the way out and a stable code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with the input; ``line`` counts from 1 and is None where the input has no lines."""

    code: str
    path: str
    found: str
    allowed: str
    fix: str
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        """Return the fault on one line, ready to print."""
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        where = " ".join(part for part in (place, self.path) if part)
        return f"{where}: {self.found}; {self.allowed}; {self.fix} [{self.code}]"


class UserError(Exception):
    """Every fault of one input, reported together; the command line prints it without a traceback."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults in the order in which they stand in the input."""
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @classmethod
    def of(cls, code: str, path: str, found: str, allowed: str, fix: str) -> UserError:
        """Return an error of a single fault."""
        return cls([Fault(code=code, path=path, found=found, allowed=allowed, fix=fix)])


class DeclarationError(UserError):
    """A declaration that cannot be loaded."""


class PlanError(UserError):
    """Declarations that are valid alone and cannot be composed."""


class BundleError(UserError):
    """Code or dependencies that cannot be packaged for Lambda."""
