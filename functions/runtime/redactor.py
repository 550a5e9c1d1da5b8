"""The one place that knows what must not leave: every text on its way out passes it, at a few gates.

It takes out every secret that was fetched in this environment and, while a record is handled, what its data class or
its contract marks. Without either a text passes untouched.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from functions.runtime.matcher import Matcher
    from functions.runtime.redaction import Hidden


class RedactedError(Exception):
    """Stands for an exception whose text held a secret."""


class Redactor:
    """What must not leave this environment, now."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: set[str] = set()
        self._secrets: Matcher | None = None
        self._find: Callable[[], Hidden] | None = None
        self._hidden: Hidden | None = None
        self._both: Matcher | None = None
        self._vouched: Mapping[str, Any] = {}

    def vouch(self, **keys: Any) -> None:
        """Leave these keys of log lines alone as long as they have these values, which the platform says itself."""
        self._vouched = {**self._vouched, **keys}

    def learn(self, secret: str) -> None:
        """Take this value out of everything from now on; none is forgotten, as old ones may stay in tracebacks."""
        if secret not in self._known:
            from functions.runtime.secret_forms import secrets_matcher

            self._known.add(secret)
            self._secrets, self._both = secrets_matcher(self._known), None

    @contextmanager
    def hiding(self, find: Callable[[], Hidden] | None, vouched: Mapping[str, Any]) -> Iterator[None]:
        """Hide what ``find`` returns, too, which is asked with the first text.

        ``vouched`` are keys of log lines whose values the platform says itself; equal ones are left alone.
        """
        before = self._find, self._hidden, self._vouched
        self._find, self._hidden, self._vouched, self._both = find, None, {**self._vouched, **vouched}, None
        try:
            yield
        finally:
            self._find, self._hidden, self._vouched = before
            self._both = None

    def text(self, text: str) -> str:
        """Return the text without secrets and without hidden values."""
        if self._find is None:
            return self.without_secrets(text)
        if self._both is None:
            hidden = self._now_hidden().matcher
            self._both = hidden if self._secrets is None else self._secrets.joined(hidden)
        return self._both.replace(text)

    def without_secrets(self, text: str) -> str:
        """Return the text without secrets; for texts that hold no record."""
        return text if self._secrets is None else self._secrets.replace(text)

    def line(self, log: dict[str, Any]) -> str:
        """Return a log line as JSON; the gate of every logger."""
        from functions.runtime.redaction import as_json, log_line

        if self._secrets is None and self._find is None:
            return as_json(log)
        return log_line(log, self._secrets or self._nothing(), self._now_hidden(), self._vouched)

    def tree(self, value: Any) -> Any:
        """Return a copy of nested values without secrets; the gate of metrics."""
        if self._secrets is None:
            return value
        from functions.runtime.redaction import Cleaning

        return Cleaning(self._secrets).tree(value)

    def clean(self, segment: object) -> None:
        """Take secrets out of a segment of a trace and of what it holds; the gate of traces."""
        if self._secrets is not None:
            from functions.runtime.redaction import Cleaning, clean_object

            clean_object(segment, Cleaning(self._secrets))

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Let an exception that holds a secret leave as one without it: Lambda writes it to the log."""
        try:
            yield
        except BaseException as error:
            if self._secrets is not None:
                self._refuse(error)
            raise

    def _refuse(self, error: BaseException) -> None:
        import traceback

        told = "".join(traceback.format_exception(error))
        if self.without_secrets(told) != told:
            message = self.without_secrets(f"{type(error).__name__}: {error}")
            raise RedactedError(message).with_traceback(error.__traceback__) from None

    def _now_hidden(self) -> Hidden:
        if self._hidden is None:
            from functions.runtime.redaction import NOTHING

            self._hidden = self._find() if self._find else NOTHING
        return self._hidden

    @staticmethod
    def _nothing() -> Matcher:
        from functions.runtime.matcher import Matcher

        return Matcher()
