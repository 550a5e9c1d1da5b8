"""What becomes of one request: accepted means that it is on the queue, and nothing is there that was not signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.message import CORRELATION_ID
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.http_request import Request
from functions.take_requests.answer import Answer, accepted, duplicate, refused, unavailable
from functions.take_requests.buffer import Buffer, not_text
from functions.verify_webhook.nonces import Nonce
from functions.verify_webhook.signature import Signature, SignatureError
from functions.verify_webhook.signing_key import UNUSABLE, SigningKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools import Logger

    from functions.contract.environment import WebhookSettings
    from functions.runtime.redactor import Redactor
    from functions.take_requests.buffer import Send
    from functions.take_requests.large import LargeBodies
    from functions.verify_webhook.nonces import Nonces
    from functions.verify_webhook.signing_key import Fetch


@dataclass(frozen=True, kw_only=True)
class WebhookServices:
    """Everything outside the process that the verifying function uses."""

    fetch_secret: Fetch
    """Raises what AWS calls raise when the secret store does not answer."""
    redactor: Redactor
    """Knows the signing key, which ``fetch_secret`` has told it, and is the logger's own."""
    nonces: Nonces
    send: Send
    now: Callable[[], float]
    """Seconds since 1970."""
    logger: Logger
    large: LargeBodies | None = None
    """Where bodies go that no message holds; None where they are refused."""


class Webhook:
    """The verifying function without Lambda and AWS."""

    def __init__(self, settings: WebhookSettings, services: WebhookServices, tenant_key: str | None = None) -> None:
        """Keep one signing key for the life of the environment; requests are queued in groups by ``tenant_key``."""
        self._settings = settings
        self._services = services
        self._buffer = Buffer(
            send=services.send,
            large=services.large,
            max_body=settings.max_body,
            group_key=settings.group_key,
            tenant_key=tenant_key,
        )
        self._key = SigningKey(settings.secret, services.fetch_secret, services.now)

    def answer(self, event: Mapping[str, Any]) -> Answer:
        """Return the answer to one request."""
        request = Request.of(event, self._services.now())
        too_large = self._buffer.too_large(request)
        if too_large is not None:
            return too_large
        try:
            return self._answer_signed(request, self._genuine(request))
        except SignatureError as error:
            return refused(401, error.code, str(error), request.request_id)
        except AWS_FAILURES as error:
            return unavailable(error_code(error), request.request_id)
        except UNUSABLE as error:
            return unavailable(type(error).__name__, request.request_id)

    def _genuine(self, request: Request) -> Signature:
        signature = Signature.of(request, self._settings, self._services.now())
        if not self._key.verifies(signature):
            raise SignatureError("signature-mismatch", "the signature does not belong to this request")
        return signature

    def _answer_signed(self, request: Request, signature: Signature) -> Answer:
        text, attributes = request.text(), request.attributes()
        if text is None or attributes is None:
            return not_text(request)
        known = self._services.nonces.find(signature.id)
        if known is not None and known.expires_at > self._services.now():
            return self._answer_known(request, known)
        message_id = self._buffer.queue(request, text, self._told(request, attributes))
        self._remember(request, signature)
        return accepted(request.request_id, message_id)

    def _told(self, request: Request, attributes: Mapping[str, str]) -> Mapping[str, str]:
        """A correlation id goes into every line and entry of the run, which does not know the signing key."""
        told = attributes.get(CORRELATION_ID, "")
        clean = told == self._services.redactor.without_secrets(told)
        return attributes if clean else {**attributes, CORRELATION_ID: request.request_id}

    def _answer_known(self, request: Request, known: Nonce) -> Answer:
        """A signature covers no path: for another target than the first it would be a forgery, or a loss if dropped."""
        if known.target != request.target:
            raise SignatureError("signature-reused", "the signature was accepted for another path; sign anew")
        return duplicate(request.request_id, known.request_id)

    def _remember(self, request: Request, signature: Signature) -> None:
        """After the message is queued, never before: a crash in between repeats a message and does not lose one."""
        nonce = Nonce(signature.id, request.target, request.request_id, signature.remember_until)
        try:
            self._services.nonces.keep(nonce)
        except AWS_FAILURES as error:
            self._services.logger.warning("signature not remembered", extra={"error_type": error_code(error)})
