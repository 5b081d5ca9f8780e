import pytest
from django.http import HttpResponse

from accounts import origin, requests
from accounts.middleware import OriginMiddleware


@pytest.fixture
def seen(rf):
    """Return the origin that a view sees, and the response."""

    def get(path="/", **headers):
        found = []

        def view(request):
            found.append(origin.current())
            return HttpResponse()

        response = OriginMiddleware(view)(rf.get(path, **headers))
        return found[0], response

    return get


@pytest.mark.parametrize(
    ("path", "channel"),
    [("/", "page"), ("/admin/x", "admin"), ("/api/v1/me/", "api"), ("/apis", "page")],
)
def test_a_path_says_by_which_way_somebody_came(seen, path, channel):
    assert seen(path)[0].channel == channel


def test_each_request_has_an_id_of_its_own_which_the_answer_tells(seen):
    (first, answer), (second, _) = seen(), seen()

    assert first.request_id == answer.headers["X-Request-ID"]
    assert first.request_id != second.request_id
    assert origin.current() == origin.Origin()


def test_what_a_client_says_of_itself_is_not_believed(seen):
    here, _ = seen(
        headers={"X-Request-ID": "chosen-by-me", "X-Forwarded-For": "203.0.113.9"},
        REMOTE_ADDR="192.0.2.1",
    )

    assert here.address == "192.0.2.1"
    assert here.request_id != "chosen-by-me"


def test_behind_a_proxy_its_word_counts_and_only_its_own(seen, settings):
    settings.BEHIND_PROXY = True
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    here, _ = seen(
        headers={
            "X-Request-ID": "given-by-the-proxy",
            "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
        }
    )

    assert here.address == "203.0.113.9"
    assert here.request_id == "given-by-the-proxy"


@pytest.mark.parametrize(
    "said", ["short", "a" * 65, "with space", "x\ty" * 4, "<b>aaaaaa"]
)
def test_an_id_that_nobody_should_print_is_not_taken(rf, settings, said):
    settings.BEHIND_PROXY = True
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    assert requests.given_id(rf.get("/", headers={"X-Request-ID": said})) == ""


@pytest.mark.parametrize("said", ["", "not an address", "192.0.2.1:80"])
def test_what_is_no_address_is_none(rf, said):
    assert requests.address(rf.get("/", REMOTE_ADDR=said)) == ""


def test_a_machine_user_without_a_name_is_a_number(monkeypatch):
    def nobody():
        raise KeyError

    monkeypatch.setattr("getpass.getuser", nobody)
    with origin.by_command() as here:
        assert here.person.startswith("uid ")
