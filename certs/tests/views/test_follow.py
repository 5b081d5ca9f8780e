import pytest
from django.urls import reverse

from certs.tests.factories import make_endpoint, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client):
    user = make_user("Viewer")
    client.force_login(user)
    return user


def follow(client, endpoint, answer):
    url = reverse("certs:endpoint-follow", args=[endpoint.pk])
    return client.post(url, {"follow": answer}, follow=True).text


def test_whoever_sees_an_endpoint_may_follow_it_and_stop(client, viewer):
    endpoint = make_endpoint()

    assert "Unfollow" in follow(client, endpoint, "yes")
    assert list(viewer.followed_endpoints.all()) == [endpoint]
    assert "Unfollow" not in follow(client, endpoint, "no")
    assert not viewer.followed_endpoints.exists()


def test_the_profile_and_the_list_show_what_one_follows(client, viewer):
    followed, other = make_endpoint(), make_endpoint()
    followed.followers.add(viewer)
    other.followers.add(make_user("Viewer"))

    assert str(followed) in client.get(reverse("accounts:profile")).text
    page = client.get(reverse("certs:endpoints"), {"followed": "yes"})
    assert list(page.context["page"]) == [followed]
    assert "followed by you" in page.text


def test_the_profile_of_who_follows_nothing_says_how_to(client, viewer):
    assert "puts it here" in client.get(reverse("accounts:profile")).text
