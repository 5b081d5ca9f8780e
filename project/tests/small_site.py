"""A row of each kind, made when a route asks for it, and who may ask."""

from functools import cached_property
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from accounts.models import Change, Team, User
from accounts.roles import Role
from accounts.services import invitations
from accounts.tests.factories import make_team, make_token, make_user, sign_in
from accounts.tests.signing import give_key
from certs.models import (
    Contact,
    Duty,
    Job,
    Observation,
    Policy,
    Tag,
    Undeliverable,
    Worker,
)
from certs.services.work import jobs
from certs.tests.factories import (
    make_channel,
    make_checked,
    make_policy,
    make_root,
    make_store,
)
from certs.tests.telling import make_letter, make_notice


class SmallSite:
    """What one team looks after; `me` is who asks, or a stranger in their place."""

    def __init__(self):
        self.team = make_team()
        self.me = None

    # --- who asks ---

    def client_of(self, role):
        """Return a browser, or a program, of a new person in this role."""
        if role == "anonymous":
            self.me = self.user
            return Client()
        name, teams = {
            "viewer": ("Viewer", [self.team]),
            "editor": ("Editor", [self.team]),
            "outsider": ("Editor", [make_team()]),
        }.get(role, ("Administrator", [self.team]))
        self.me = make_user(name, teams=teams)
        if role == "program":
            text = make_token(self.me, is_read_only=True).text
            return Client(headers={"Authorization": f"Bearer {text}"})
        client = Client()
        sign_in(client, self.me)
        if role == "deactivated":
            User.objects.filter(pk=self.me.pk).update(is_active=False)
        return client

    # --- what there is ---

    @cached_property
    def user(self):
        return make_user("Viewer", teams=[self.team])

    @cached_property
    def administrator(self):
        return make_user("Administrator")

    @cached_property
    def superuser(self):
        return make_user(is_superuser=True, is_staff=True)

    @cached_property
    def group(self):
        return Group.objects.create(name=f"Auditors of {self.team}")

    @cached_property
    def role(self):
        return Group.objects.get(name="Editor")

    @cached_property
    def letter(self):
        return invitations.invite(
            f"guest-of-{self.team.slug}@example.org",
            role=Role.EDITOR,
            teams=[self.team],
            by=make_user("Administrator"),
            now=timezone.now(),
        )

    @cached_property
    def change(self):
        tag = Tag.objects.create(name=f"tag-{self.team.slug}")
        return Change.objects.filter(object_key=str(tag.pk)).latest("id")

    @cached_property
    def endpoint(self):
        return make_checked(
            now=timezone.now(),
            team=self.team,
            tags=[self.team.slug],
        )

    @cached_property
    def orphan(self):
        return make_checked(now=timezone.now())

    @cached_property
    def contact(self):
        email = f"ann@{self.team.slug}.example.org"
        return Contact.objects.create(email=email, team=self.team)

    @cached_property
    def notice(self):
        return make_notice(self.endpoint)

    @cached_property
    def mail(self):
        return make_letter()

    @cached_property
    def undeliverable(self):
        return Undeliverable.objects.create(
            address=f"gone@{self.team.slug}.example.org", refused_at=timezone.now()
        )

    @cached_property
    def observation(self):
        now = timezone.now()
        return Observation.objects.create(
            endpoint=self.endpoint, first_seen_at=now, last_seen_at=now
        )

    @cached_property
    def store(self):
        return make_store(f"Roots of {self.team}", roots=[make_root()])

    @cached_property
    def duty(self):
        return Duty.objects.get_or_create(name="checks")[0]

    @cached_property
    def worker(self):
        now = timezone.now()
        fields = {"kind": "worker", "started_at": now, "seen_at": now}
        return Worker.objects.get_or_create(name="worker@here:1", defaults=fields)[0]

    @cached_property
    def policy(self):
        return make_policy(f"Policy of {self.team}")

    @cached_property
    def default_policy(self):
        return Policy.objects.get(is_default=True)

    @cached_property
    def channel(self):
        return make_channel(f"Channel of {self.team}")

    @property
    def team_type(self):
        return ContentType.objects.get_for_model(Team)

    # --- what a person has: another's, or one's own ---

    def token(self, owner):
        return make_token(owner).token

    def job(self, owner):
        """Return an export that is done, and its file."""
        now = timezone.now()
        job = jobs.ask(Job.Kind.EXPORT, user=owner, arguments={}, now=now)
        list(jobs.work(job.pk, clock=timezone.now))
        return job

    def passkey(self, owner):
        return give_key(owner)

    def session(self, owner):
        return UserSession.objects.create(
            user=owner, ip="192.0.2.1", session_key=uuid4().hex
        )
