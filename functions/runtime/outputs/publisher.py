"""Publishing over HTTP: one request after the other within rate and time, and what each answer means for its record."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.default_failures import FEW, of_answer
from functions.runtime.failure import Failure, Verdict
from functions.runtime.http_client import NoAnswer
from functions.runtime.http_failures import HttpAnswer, retry_after
from functions.runtime.outputs.kind import Landed, Postponed
from functions.runtime.outputs.pace import Pace
from functions.runtime.outputs.sending import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.contract.environment import OutputSettings
    from functions.runtime.http_client import Answer
    from functions.runtime.outputs.publication import Publication
    from functions.runtime.services import Services

SHORTEST = 1.0
"""Seconds below which no request is begun: it would be cut off, and nobody would know what came of it."""
NO_TIME, RATE, ASKED_FOR_LESS = "no-time-to-send", "rate-kept", "slow-down"


class Publisher:
    """One endpoint, with the connection and the pace of this environment."""

    def __init__(self, settings: OutputSettings, services: Services) -> None:
        """``settings.target`` is the URL; the options say how it is asked."""
        parts = urlsplit(settings.target)
        self._name = settings.name
        self._options: dict[str, Any] = settings.options
        self._services = services
        self._client = services.connect(parts.hostname or "", parts.port or 443)
        self._pace = Pace(float(self._options.get("interval", 0)), services.now, services.uniform)

    def land(
        self, drafts: Sequence[Sequence[Publication]], left: Callable[[], float]
    ) -> list[Landed | Postponed | Failure]:
        """Send all; once the endpoint asks for less, or time is short, what is left goes back untried."""
        results: list[Landed | Postponed | Failure] = []
        stop: Postponed | None = None
        for publications in drafts:
            result = stop if stop and publications else self._all(publications, left)
            results.append(result)
            if isinstance(result, Postponed):
                stop = result
            elif isinstance(result, Failure) and result.verdict is Verdict.SLOW_DOWN:
                stop = Postponed(ASKED_FOR_LESS, result.retry_after)
        return results

    def _all(self, publications: Sequence[Publication], left: Callable[[], float]) -> Landed | Postponed | Failure:
        for publication in publications:
            stopped = self._in_turn(left) or self._one(publication, left)
            if stopped is not None:
                return stopped
        return Landed(None)

    def _in_turn(self, left: Callable[[], float]) -> Postponed | None:
        wait = self._pace.wait()
        if left() - wait < SHORTEST:
            return Postponed(RATE if wait else NO_TIME, wait)
        if wait:
            self._services.sleep(wait)
        return None

    def _one(self, publication: Publication, left: Callable[[], float]) -> Failure | None:
        """A key that is refused is read anew, once: it may have been rotated since."""
        try:
            answer = self._ask(publication, left, self._authorization())
            if answer.status == HTTPStatus.UNAUTHORIZED and self._secret and left() > SHORTEST:
                answer = self._ask(publication, left, self._authorization(anew=True))
        except NoAnswer as error:
            said = f"{self._name}: no answer: {error.code}"
            tries = FEW if error.setup else None
            return Failure(Verdict.RETRY, error.code, said, expected=not error.setup, max_tries=tries)
        except AWS_FAILURES as error:
            return refused(f"{self._name}: secret", error_code(error))
        return self._meaning(answer)

    def _ask(self, publication: Publication, left: Callable[[], float], authorization: dict[str, str]) -> Answer:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "serverless-pipelines",
            self._options["id_header"]: publication.id,
            **authorization,
        }
        self._pace.sent()
        seconds = max(SHORTEST / 2, min(float(self._options["timeout"]), left() - SHORTEST / 2))
        body = publication.body.encode()
        return self._client.request(self._options["method"], publication.target, headers, body, seconds)

    def _meaning(self, answer: Answer) -> Failure | None:
        """The body of an answer is never read: it may repeat what was sent, and worse."""
        status = answer.status
        if 200 <= status < 300:
            return None
        said = HttpAnswer(status, retry_after(answer.headers, self._services.now()))
        meaning = dict(vars(of_answer(said)))
        if status in self._options.get("retry_statuses", ()):
            meaning |= {"verdict": Verdict.RETRY, "retry_after": said.retry_after or 0.0}
        if meaning["verdict"] is Verdict.SLOW_DOWN:
            self._pace.hold(meaning["retry_after"])
        text = f"{self._name}: {self._options['method']} was answered by {status} {_phrase(status)}".rstrip()
        return Failure(error_type=f"http-{status}", message=text, **meaning)

    @property
    def _secret(self) -> str | None:
        auth: dict[str, str] = self._options.get("auth") or {}
        return auth.get("secret")

    def _authorization(self, *, anew: bool = False) -> dict[str, str]:
        if self._secret is None:
            return {}
        secrets, auth = self._services.secrets, self._options["auth"]
        value = (secrets.refresh(self._secret) if anew else secrets.get(self._secret)).strip()
        if auth["type"] == "header":
            return {auth["header"]: value}
        if auth["type"] == "basic":
            encoded = base64.b64encode(value.encode()).decode()
            self._services.redactor.learn(encoded)
            return {"Authorization": f"Basic {encoded}"}
        return {"Authorization": f"Bearer {value}"}


def _phrase(status: int) -> str:
    """Return what the standard calls a status; the receiver's own words are not repeated."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
