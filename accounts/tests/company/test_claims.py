import pytest

from accounts.company import claims


@pytest.mark.parametrize(
    ("said", "name", "groups"),
    [
        ({"groups": ["a", "b"]}, "groups", {"a", "b"}),
        ({"groups": "a"}, "groups", {"a"}),
        ({"groups": ["a", 1, None, {}]}, "groups", {"a"}),
        ({"groups": 5}, "groups", set()),
        ({}, "groups", set()),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", {"a"}),
        ({"realm_access": ["a"]}, "realm_access.roles", set()),
        ({"https://example.org/groups": ["a"]}, "https://example.org/groups", {"a"}),
        ({"_claim_names": {"other": "x"}}, "groups", set()),
    ],
    ids=lambda value: str(sorted(value)) if isinstance(value, set) else str(value),
)
def test_groups_are_read_from_where_they_are(said, name, groups):
    assert claims.groups(said, name) == groups


def test_groups_that_are_kept_elsewhere_are_unknown():
    assert claims.groups({"_claim_names": {"groups": "src1"}}, "groups") is None


def test_only_so_many_groups_are_read():
    many = [str(number) for number in range(claims.GROUPS + 1)]

    found = claims.groups({"groups": many}, "groups")
    assert found is not None
    assert len(found) == claims.GROUPS


@pytest.mark.parametrize("token", [None, 5, "", "a.b.c", "x" * 10_000])
def test_what_is_no_token_does_not_hold(token):
    with pytest.raises(claims.ClaimsError):
        claims.verified(token, keys={"keys": []}, issuer="x", client_id="y", nonce="z")


@pytest.mark.parametrize("keys", [None, [], {}, {"keys": [{}]}, {"keys": "x"}], ids=str)
def test_keys_that_are_none_do_not_hold(keys):
    token = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"

    with pytest.raises(claims.ClaimsError):
        claims.verified(token, keys=keys, issuer="x", client_id="y", nonce="z")
