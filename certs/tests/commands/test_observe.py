import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from certs.models import DeepCheck, Endpoint, Figure, Observation
from certs.models.counting import Certainty, Count
from certs.pki.x509 import parse_der
from certs.services import figures
from certs.tests.factories import (
    certificates,
    make_endpoint,
    make_store,
    make_team,
)

pytestmark = pytest.mark.django_db


def observe(*arguments):
    """Output and exit status of `manage.py observe`."""
    out = StringIO()
    try:
        call_command("observe", *arguments, stdout=out)
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


@pytest.fixture
def members(fleet_today):
    make_store("Demo", roots=map(parse_der, fleet_today.roots))
    return {member.name: member for member in fleet_today.members}


def register(member, **fields):
    return make_endpoint(
        member.host,
        port=member.port,
        address_mode="listed",
        addresses=(member.address,),
        **fields,
    )


def test_all_is_well(members):
    register(members["www"])

    text, status = observe()

    assert status == 0
    assert "www.demo.test" in text
    assert "OK" in text
    assert text.endswith("1 checked, 0 in need of attention.\n")
    assert Observation.objects.count() == 1


def test_a_round_of_a_large_inventory_counts_it_in_the_end(members, monkeypatch):
    monkeypatch.setattr(figures, "size", lambda _: Count(98_765, Certainty.ABOUT))
    member = members["www"]
    register(member)

    observe("--once", f"{member.address}:{member.port}")
    assert not Figure.objects.exists()
    observe()

    numbers = Figure.objects.get(kind=Figure.Kind.ISSUERS).numbers
    assert numbers["first"] == [[Endpoint.objects.get().issuer, 1]]


def test_something_needs_attention(members):
    register(members["www"])
    register(members["expired"])
    register(members["refuses"])
    register(members["never-answers"], paused=True)

    text, status = observe()

    assert status == 1
    lines = {line.split(".")[0]: line for line in text.splitlines()}
    assert re.search(r"Expired +T ", lines["expired"])
    assert re.search(r"OK +A ", lines["www"])
    assert re.search(r"Unreachable +– ", lines["refuses"])
    assert "refused" in lines["refuses"]
    assert "never-answers" not in lines
    assert "3 checked, 2 in need" in text


def test_the_same_as_json(members):
    register(members["expired"])

    text, status = observe("--json")

    (facts,) = json.loads(text)
    assert status == 1
    assert facts["status"] == "expired"
    assert facts["days_left"] < 0
    assert facts["port"] == members["expired"].port
    assert facts["grade"] == "T"  # as a certificate past its end
    assert facts["trusted"] is True  # but for its dates
    assert isinstance(facts["findings"], list)


def test_what_is_not_trusted_says_why(members):
    register(members["self-signed"])

    text, status = observe("--json")

    (facts,) = json.loads(text)
    assert status == 1
    assert facts["status"] == "untrusted"
    assert (facts["grade"], facts["trusted"]) == ("T", False)
    assert "self-signed" in facts["findings"]


def test_what_does_not_answer_has_no_grade_and_no_findings(members):
    register(members["refuses"])

    text, _ = observe("--json")

    (facts,) = json.loads(text)
    assert (facts["grade"], facts["trusted"], facts["findings"]) == (None, None, [])


def test_a_deep_check_comes_first_and_the_check_is_graded_with_it(members):
    endpoint = register(members["www"])
    register(members["api"])

    text, status = observe("--deep", members["www"].host)

    kept = DeepCheck.objects.get()
    assert status == 0
    assert re.search(r"^www\S+ +OK +A", text, re.MULTILINE)
    assert text.endswith("1 checked, 0 in need of attention.\n")
    assert kept.endpoint == endpoint
    assert kept.result["versions"]
    assert Observation.objects.get().count == 1


def test_a_deep_check_as_json_has_the_findings_of_what_is_offered(members):
    register(members["tls12-only"])

    text, _ = observe("--deep", "--json")

    (facts,) = json.loads(text)
    assert facts["grade"] == "A-"
    assert "no-tls13" in facts["findings"]


def test_once_speaks_what_is_usual_on_the_port(monkeypatch):
    asked = []

    def look(endpoints, *, now):
        asked.extend(endpoints)
        return iter(asked)

    monkeypatch.setattr("certs.services.watch.look", look)
    observe("--once", "mail.example.org:587", "www.example.org")

    assert [(each.port, each.starttls) for each in asked] == [(587, "smtp"), (443, "")]


def test_team_tag_and_address_narrow_the_round(members):
    web = make_team("Web")
    register(members["www"], team=web)
    register(members["api"], tags=["x"])
    register(members["expired"], team=make_team())

    assert "1 checked" in observe("--team", web.slug)[0]
    assert "1 checked" in observe("--tag", "x")[0]
    assert "1 checked" in observe(members["www"].host)[0]
    where = f"https://{members['www'].host}:{members['www'].port}/path"
    assert "1 checked" in observe(where)[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--team", "nobody"], "There is no team 'nobody'"),
        (["--tag", "nothing"], "There is no tag 'nothing'"),
        (["unknown.example.org"], "not in the inventory"),
        (["unknown.example.org:1"], "--once"),
        (["two words"], "two words"),
        (["example.org:70000"], "70000"),
        (["--once"], "wants addresses"),
        (["--once", "--team", "web", "example.org"], "no --team"),
        (["--once", "--deep", "example.org"], "manage.py inspect --deep"),
    ],
)
def test_a_usage_error_says_what_is_wrong_and_exits_with_2(arguments, message):
    with pytest.raises(CommandError, match=message) as caught:
        observe(*arguments)

    assert caught.value.returncode == 2


def test_once_looks_at_any_address_and_writes_nothing(members):
    member = members["www"]

    text, status = observe("--once", "--json", f"{member.address}:{member.port}")

    (facts,) = json.loads(text)
    assert facts["days_left"] > 0
    assert facts["status"] == "misnamed"  # the certificate is not for the address
    assert status == 1
    assert not Endpoint.objects.exists()
    assert not certificates().exists()


def test_an_empty_inventory_is_well():
    assert observe() == (
        "ENDPOINT  STATUS  GRADE  DAYS LEFT  ISSUER  ERROR\n"
        "0 checked, 0 in need of attention.\n",
        0,
    )


def test_text_from_the_network_cannot_steer_the_terminal(members):
    endpoint = register(members["www"])
    observe()
    Endpoint.objects.filter(pk=endpoint.pk).update(issuer="\x1b[31mred")

    def unchanged(endpoints, *, now):
        return Endpoint.objects.all()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("certs.services.watch.observe", unchanged)
        text, _ = observe()

    assert "\x1b" not in text
    assert "?[31mred" in text
