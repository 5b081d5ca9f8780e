"""JSON by POST to an address of one's own, signed if there is a secret to sign with."""

import hashlib
import hmac
import json
import os
from http import HTTPStatus
from urllib.parse import urldefrag

import requests

from certs.pki.errands import web
from certs.pki.errands.message import Message
from certs.pki.errands.order import run

SIGNATURE = "X-Certdesk-Signature"
LEAST_SECRET = 16  # characters


def refusal(url: str) -> str:
    """Return a sentence that says why nothing can be posted to `url`, or nothing."""
    if not web.is_address(url):
        return "A web address begins with https:// or http:// and names a host."
    if 0 < len(urldefrag(url).fragment) < LEAST_SECRET:
        return f"The secret behind # has fewer than {LEAST_SECRET} characters."
    return ""


def signature(body: bytes, secret: str) -> str:
    """Return HMAC-SHA256 of `body` (RFC 2104), as the header has it."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def post(message: Message) -> str:
    """Post `message`; return a sentence that says what went wrong, or nothing.

    The answer counts by its status alone: nothing of its body is read, and it leads
    nowhere.
    """
    url, secret = urldefrag(message.url)
    words = {"title": message.title, "body": message.body, "facts": message.facts}
    body = json.dumps(words, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": web.USER_AGENT}
    if secret:
        headers[SIGNATURE] = signature(body, secret)
    with requests.Session() as session:
        session.trust_env = False  # neither proxies nor passwords of a .netrc
        try:
            with session.post(
                url,
                data=body,
                headers=headers,
                timeout=web.TIMEOUTS,
                allow_redirects=False,
                stream=True,
                verify=os.environ.get("REQUESTS_CA_BUNDLE") or True,
            ) as answer:
                return _verdict(answer.status_code)
        except requests.exceptions.SSLError:
            return "The certificate of the address could not be verified."
        except requests.exceptions.Timeout:
            return "The address did not answer in time."
        except (requests.exceptions.RequestException, ValueError):
            return "The address could not be reached."


def _verdict(status: int) -> str:
    if HTTPStatus(200) <= status < HTTPStatus(300):
        return ""
    if HTTPStatus(300) <= status < HTTPStatus(400):
        return f"The address leads elsewhere (status {status}): enter where it leads."
    return f"The address answered with status {status}."


if __name__ == "__main__":  # pragma: no cover - runs as a process of its own
    run(check=refusal, work=post)
