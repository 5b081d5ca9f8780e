import pytest

from accounts.browsers import describe

MOZILLA = "Mozilla/5.0 "
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"{MOZILLA}(X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        (f"{MOZILLA}(Windows NT 10.0; Win64) {CHROME}", "Chrome on Windows"),
        (f"{MOZILLA}(Windows NT 10.0) {CHROME} Edg/140.0", "Edge on Windows"),
        (f"{MOZILLA}(Linux; Android 15; K) {CHROME}", "Chrome on Android"),
        (f"{MOZILLA}(Macintosh; Intel Mac OS X 15) Safari/605", "Safari on macOS"),
        (
            f"{MOZILLA}(iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604",
            "Safari on iPhone",
        ),
        ("curl/8.0", "curl/8.0"),
        ("Linux", "Linux"),
        ("", "Unknown"),
        ("<b>" * 100, ("<b>" * 100)[:59] + "…"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(user_agent, words):
    assert describe(user_agent) == words
