"""A real OpenID Connect provider on loopback: oidc-provider-mock, held to PKCE.

It signs with a key that tests know, so that they can have it say what is wrong.
"""

import base64
import contextlib
import hashlib
import io
import json
import threading
import warnings
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse

with warnings.catch_warnings(record=True):  # what is recorded is not shown
    import oidc_provider_mock
    from werkzeug.serving import WSGIRequestHandler, make_server

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY_ID = "first"
CLIENT = "certdesk"


class _Quiet(WSGIRequestHandler):
    def log(self, type, message, *args):  # noqa: A002 - werkzeug's name
        pass


class Provider:
    """The provider behind a door of ours; the attributes bend what it says."""

    def __init__(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._app = oidc_provider_mock.app(require_nonce=True)
        self.issuer = ""
        self.discovery = {}  # laid over what the provider says of itself
        self.claims = {}  # laid over the ID token; None removes
        self.userinfo = {}
        self.key = KEY
        self.algorithm = "RS256"
        self.key_id = KEY_ID
        self.is_ill = False
        self.asked = []  # paths
        self.questions = []  # parameters of authorisation requests
        self._challenge = ""

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if self.is_ill:
            start_response("500 Internal Server Error", [("Content-Type", "text/html")])
            return [b"<h1>ill</h1>"]
        if path == "/oauth2/authorize":
            self._remember(environ)
        if path == "/oauth2/token" and not self._proves(environ):
            start_response("400 Bad Request", [("Content-Type", "application/json")])
            return [b'{"error": "invalid_grant"}']
        changes = {
            "/.well-known/openid-configuration": lambda said: said | self.discovery,
            "/oauth2/token": self._signed,
            "/jwks": lambda _: {"keys": [self._public()]},
            "/userinfo": lambda said: said | self.userinfo,
        }
        if path not in changes:
            return self._app(environ, start_response)
        return self._changed(environ, start_response, changes[path])

    def _changed(self, environ, start_response, change):
        heard: list[Any] = []

        def listen(status, headers, exc_info=None):
            heard[:] = [status, headers]

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = b"".join(self._app(environ, listen))
        status, headers = heard
        if status.startswith("200"):
            body = json.dumps(change(json.loads(body))).encode()
        headers = [pair for pair in headers if pair[0].lower() != "content-length"]
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _remember(self, environ):
        question = {k: v[0] for k, v in parse_qs(environ["QUERY_STRING"]).items()}
        self.questions.append(question)
        self._challenge = question.get("code_challenge", "")

    def _proves(self, environ):
        """Whether who brings the code is who asked (RFC 7636, 4.6)."""
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        verifier = parse_qs(body.decode()).get("code_verifier", [""])[0]
        digest = hashlib.sha256(verifier.encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return proof == self._challenge

    def _signed(self, said):
        claims = jwt.decode(said["id_token"], options={"verify_signature": False})
        claims |= self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode(
            claims, self.key, algorithm=self.algorithm, headers={"kid": self.key_id}
        )
        return said | {"id_token": token}

    def _public(self):
        public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        return {**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}

    def knows(self, sub, **claims):
        """Tell the provider of a person."""
        requests.put(f"{self.issuer}/users/{sub}", json=claims, timeout=5)

    def consents(self, target, *, sub="ann-1", **form):
        """Be the person in front of the provider; return where it leads back to."""
        response = requests.post(
            target, data={"sub": sub, **form}, allow_redirects=False, timeout=5
        )
        parts = urlsplit(response.headers["Location"])
        assert parts.path == reverse("company_callback")
        return f"{parts.path}?{parts.query}"

    def signs_in(self, client, *, sub="ann-1", **parameters):
        """Walk from our page to the provider and back to where one ends up."""
        page = client.post(reverse("company_login"), parameters)
        back = self.consents(page.context["target"], sub=sub)
        return client.get(back, follow=True)


@contextlib.contextmanager
def running_provider():
    """Run a provider for the length of a `with` block."""
    provider = Provider()
    server = make_server(
        "localhost", 0, provider, threaded=True, request_handler=_Quiet
    )
    provider.issuer = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
