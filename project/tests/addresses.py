"""From a route, as the URL resolver spells it, to an address in a small site."""

import re

from certs.services.notices import links

# What fills `<uuid:pk>` and its like, by how the route begins; the first that fits.
ROWS = (
    ("endpoints/", lambda site: site.endpoint),
    ("jobs/", lambda site: site.job(site.me)),
    ("accounts/users/", lambda site: site.user),
    ("accounts/invitations/<uuid", lambda site: site.letter.invitation),
    ("accounts/teams/", lambda site: site.team),
    ("accounts/tokens/", lambda site: site.token(site.me)),
    ("accounts/sessions/", lambda site: site.session(site.me)),
    ("accounts/2fa/webauthn/keys/", lambda site: site.passkey(site.me)),
    ("warnings/policies/", lambda site: site.policy),
    ("warnings/teams/", lambda site: site.team),
    ("admin/accounts/apitoken/", lambda site: site.token(site.user)),
    ("admin/accounts/change/", lambda site: site.change),
    ("admin/accounts/team/", lambda site: site.team),
    ("admin/accounts/user/", lambda site: site.user),
    ("admin/auth/group/", lambda site: site.group),
    ("admin/certs/certificate/", lambda site: site.endpoint.certificate),
    ("admin/certs/channel/", lambda site: site.channel),
    ("admin/certs/contact/", lambda site: site.contact),
    ("admin/certs/duty/", lambda site: site.duty),
    ("admin/certs/letter/", lambda site: site.mail),
    ("admin/certs/notice/", lambda site: site.notice),
    ("admin/certs/undeliverable/", lambda site: site.undeliverable),
    ("admin/certs/endpoint/", lambda site: site.endpoint),
    ("admin/certs/job/", lambda site: site.job(site.me)),
    ("admin/certs/observation/", lambda site: site.observation),
    ("admin/certs/policy/", lambda site: site.policy),
    ("admin/certs/tag/", lambda site: site.endpoint.tags.get()),
    ("admin/certs/truststore/", lambda site: site.store),
    ("admin/certs/worker/", lambda site: site.worker),
)
# What else it can be, by the word in brackets in the table.
OTHERS = {
    ("accounts/tokens/", "another's"): lambda site: site.token(site.user),
    ("accounts/sessions/", "another's"): lambda site: site.session(site.user),
    ("accounts/2fa/", "another's"): lambda site: site.passkey(site.user),
    ("jobs/", "another's"): lambda site: site.job(site.user),
    ("admin/certs/job/", "another's"): lambda site: site.job(site.user),
    ("", "administrator"): lambda site: site.administrator,
    ("", "superuser"): lambda site: site.superuser,
    ("", "no-team"): lambda site: site.orphan,
    ("", "default"): lambda site: site.default_policy,
    ("", "role"): lambda site: site.role,
}
QUERIES = {
    ("admin/autocomplete/", "teams"): (
        "app_label=certs&model_name=contact&field_name=team"
    ),
    ("admin/autocomplete/", "people"): (
        "app_label=accounts&model_name=team&field_name=members"
    ),
}
# Where no row fills the gaps.
ODD = {
    r"accounts/confirm-email/(?P<key>[-:\w]+)/$": "accounts/confirm-email/none/",
    (
        r"accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"
    ): "accounts/password/reset/key/1-none/",
    "admin/(?P<url>.*)$": "admin/nothing/",
}


def address(route, whose, site):
    """Return where to ask; `whose` is the word in brackets, or empty."""
    if route in ODD:
        path = ODD[route]
    elif "(?P<app_label>" in route:
        path = f"admin/{whose}/"
    else:
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda gap: fill(gap, whose, site), route)
    query = QUERIES.get((route, whose))
    return f"/{path}?{query}" if query else f"/{path}"


def token(route, site):
    """Return what stands for a right in a link of a mail."""
    if route.startswith("warnings/acknowledge/"):
        return links.acknowledge_url(site.endpoint, "").split("/")[-2]
    if route.startswith("warnings/unsubscribe/"):
        return links.unsubscribe_url(site.contact.email).split("/")[-2]
    return site.letter.token


def fill(gap, whose, site):
    named = {
        "user": lambda: site.user.pk,
        "token": lambda: token(gap.string, site),
        "content_type_id": lambda: site.team_type.pk,
    }
    if gap[1] in named:
        return str(named[gap[1]]())
    if gap.string.startswith("admin/r/"):
        return str(site.team.pk)
    if whose:
        row = next(
            make
            for (start, word), make in OTHERS.items()
            if word == whose and gap.string.startswith(start)
        )
    else:
        row = next(make for start, make in ROWS if gap.string.startswith(start))
    return str(row(site).pk)
