import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.requests import person


def test_who_is_signed_in_is_a_person_of_ours_and_nobody_is_refused(rf):
    request = rf.get("/")

    request.user = User(username="ann")
    assert person(request).username == "ann"
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied):
        person(request)
