import pytest
from allauth.account.adapter import get_adapter
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.models import User
from accounts.requests import address, person


def test_who_is_signed_in_is_a_person_of_ours_and_nobody_is_refused(rf):
    request = rf.get("/")

    request.user = User(username="ann")
    assert person(request).username == "ann"
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied):
        person(request)


# Who is connected is 192.0.2.1; the first address of the header is the client's word.
FORGED = "203.0.113.9, 198.51.100.2, 198.51.100.1"


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, None, "192.0.2.1"),
        (0, FORGED, "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, FORGED, "198.51.100.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (2, FORGED, "198.51.100.2"),
        (2, "198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9,198.51.100.2 ,198.51.100.1", "198.51.100.2"),
    ],
)
def test_everybody_is_told_the_same_address(rf, settings, proxies, header, expected):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {} if header is None else {"X-Forwarded-For": header}
    request = rf.get("/", headers=headers, REMOTE_ADDR="192.0.2.1")

    assert address(request) == expected
    assert address(Request(request)) == expected
    assert get_adapter().get_client_ip(request) == expected


@pytest.mark.parametrize("header", ["", "anything", "10.0.0.1:443", "198.51.100.1,"])
def test_what_is_no_address_is_none_and_opens_no_door(rf, settings, header):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = rf.get("/", headers={"X-Forwarded-For": header})

    assert address(request) == ""
    with pytest.raises(PermissionDenied):
        get_adapter().get_client_ip(request)
