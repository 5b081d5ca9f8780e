"""Gets a file from a web address, no larger than somebody may want to read."""

from http import HTTPStatus

import requests

from certs.pki.errands import web
from certs.pki.errands.message import Message
from certs.pki.errands.order import run

MOST_BYTES = 20_000_000
MOST_REDIRECTS = 3
_CHUNK = 65_536


def refusal(url: str) -> str:
    """Return a sentence that says why nothing can be had from `url`, or nothing."""
    if web.is_address(url):
        return ""
    return "A web address begins with http:// or https:// and names a host."


def fetch(message: Message) -> str | bytes:
    """Return the file, or a sentence that says what went wrong."""
    with requests.Session() as session:
        session.trust_env = False  # neither proxies nor passwords of a .netrc
        session.max_redirects = MOST_REDIRECTS
        headers = {"User-Agent": web.USER_AGENT, "Accept-Encoding": "identity"}
        try:
            with session.get(
                message.url, headers=headers, timeout=web.TIMEOUTS, stream=True
            ) as answer:
                return _read(answer)
        except requests.exceptions.SSLError:
            return "The certificate of the address could not be verified."
        except requests.exceptions.TooManyRedirects:
            return "The address leads elsewhere again and again."
        except requests.exceptions.Timeout:
            return "The address did not answer in time."
        except (requests.exceptions.RequestException, ValueError):
            return "The address could not be reached."


def _read(answer: requests.Response) -> str | bytes:
    if answer.status_code != HTTPStatus.OK:
        return f"The address answered with status {answer.status_code}."
    data = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        data += chunk
        if len(data) > MOST_BYTES:
            return f"The file is larger than {MOST_BYTES:,} bytes."
    return bytes(data)


if __name__ == "__main__":  # pragma: no cover - runs as a process of its own
    run(check=refusal, work=fetch)
