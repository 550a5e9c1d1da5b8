"""A token issuer on loopback: it publishes a key and signs tokens with it, as an identity provider would."""

from __future__ import annotations

import base64
import json
import threading
import time
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from constructs_lib.local.rsa_key import EXPONENT, RsaKey

if TYPE_CHECKING:
    from constructs_lib.local.aws import LocalAws
    from constructs_lib.model.plan import PipelinePlan

LIFETIME = 300
"""Seconds for which a token is good."""
_KEY_ID = "local"
_DISCOVERY = "/.well-known/openid-configuration"
_KEYS = "/.well-known/jwks.json"
_COGNITO = "https://cognito-idp."


class TokenIssuer:
    """Stands for the issuers of declarations while the context is open."""

    def __init__(self) -> None:
        """Bind a free loopback port; requests are served from ``__enter__`` on."""
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @cached_property
    def key(self) -> RsaKey:
        """The key of this run, made when it is first asked for."""
        return RsaKey.generate()

    def token(
        self,
        plan: PipelinePlan,
        sub: str,
        *,
        scopes: tuple[str, ...] | None = None,
        lifetime: int = LIFETIME,
        **claims: Any,
    ) -> str:
        """Return a good token for the first route of a pipeline.

        Args:
            plan: its route says for whom the token is, and which scopes a caller needs.
            sub: whom the token speaks of.
            scopes: instead of those that the route asks for.
            lifetime: seconds until it expires; a negative one has expired.
            claims: more of them, or others, such as ``aud``.
        """
        route, now = plan.routes[0], int(time.time())
        told = {
            "iss": self.url,
            "aud": route.audience[0] if route.audience else "",
            "sub": sub,
            "scope": " ".join(route.scopes if scopes is None else scopes),
            "iat": now + min(0, lifetime) - 1,
            "exp": now + lifetime,
        }
        return self.signed({**told, **claims}, self.key)

    def forged(self, plan: PipelinePlan, sub: str) -> str:
        """Return a token that says the same and is signed with a key that nobody published."""
        head, claims, _ = self.token(plan, sub).split(".")
        return f"{head}.{claims}.{_text(RsaKey.generate().sign(f'{head}.{claims}'.encode()))}"

    def signed(self, claims: dict[str, Any], key: RsaKey) -> str:
        """Return a token of these claims."""
        head = {"alg": "RS256", "typ": "JWT", "kid": _KEY_ID}
        said = ".".join(_text(json.dumps(part).encode()) for part in (head, claims))
        return f"{said}.{_text(key.sign(said.encode()))}"

    def document(self, path: str) -> dict[str, Any] | None:
        """Return what is published under a path, or None."""
        if path == _DISCOVERY:
            return {"issuer": self.url, "jwks_uri": self.url + _KEYS}
        if path == _KEYS:
            numbers = {"n": self.key.modulus, "e": EXPONENT}
            written = {name: _text(n.to_bytes((n.bit_length() + 7) // 8)) for name, n in numbers.items()}
            return {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": _KEY_ID, **written}]}
        return None

    def stand_in(self, aws: LocalAws) -> None:
        """Take the place of every issuer in the account but its own user pools."""
        gateway = aws.client("apigatewayv2")
        for api in gateway.get_apis()["Items"]:
            for authorizer in gateway.get_authorizers(ApiId=api["ApiId"])["Items"]:
                checked = authorizer.get("JwtConfiguration", {})
                if checked.get("Issuer", _COGNITO).startswith(_COGNITO):
                    continue
                gateway.update_authorizer(
                    ApiId=api["ApiId"],
                    AuthorizerId=authorizer["AuthorizerId"],
                    JwtConfiguration={**checked, "Issuer": self.url},
                )

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says, whoever signed it; empty where it is none."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, IndexError):
        return {}
    return claims if isinstance(claims, dict) else {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, issuer: TokenIssuer) -> None:
        self.issuer = issuer
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        document = self.server.issuer.document(self.path)
        body = json.dumps(document).encode()
        self.send_response_only(404 if document is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
