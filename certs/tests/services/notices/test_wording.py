import pytest
from django.core.exceptions import ValidationError

from certs.models import Policy
from certs.services.notices import sandbox, wording
from certs.tests.factories import NOW

VALUES = wording.context(wording.samples(now=NOW), count=4, recipient="Ada")


def render(body, **fields):
    return wording.render(Policy(subject="S", body=body, **fields), VALUES).text


def problem(body):
    with pytest.raises(ValidationError) as refused:
        wording.check("", body)
    return refused.value.message_dict["body"][0]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{{ count }} for {{ recipient }}{{ list }}", "4 for Ada"),
        ("{{ first.host|upper }}{{ list }}", "SHOP.EXAMPLE.ORG"),
        ("{% if count > 2 %}many{% else %}few{% endif %}{{ list }}", "many"),
        ("{# a note #}{{ first.ends|date:'j M Y' }}{{ list }}", "20 Nov 2026"),
        ("day{{ count|pluralize }}{{ list }}", "days"),
        (
            "{% for warning in warnings %}{{ warning.days_left }} {% endfor %}",
            "-1 3 60 30",
        ),
        ("{{ first.issuer|truncatechars:8 }}{{ list }}", "Example…"),
    ],
)
def test_documented_variables_tags_and_filters_work(body, text):
    wording.check("", body)

    assert render(body) == text


def test_every_documented_variable_is_there():
    for name in wording.VARIABLES:
        loop = "{%% for warning in warnings %%}%s{%% endfor %%}"
        inner = f"{{{{ {name} }}}}"
        body = loop % inner if name.startswith("warning.") else inner
        wording.check("", body)
        assert wording.render(Policy(body=body), {**VALUES, "list": "All"}).text


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("one\ntwo {{ hots }}", "Line 2: There is no variable “hots”."),
        ("{% load static %}", "Line 1: There is no tag “load” here."),
        ("\n\n{% include 'base.html' %}", "Line 3: There is no tag “include” here."),
        ("{% extends 'base.html' %}", "Line 1: There is no tag “extends” here."),
        ("{% debug %}", "Line 1: There is no tag “debug” here."),
        ("{% with a=1 %}{% endwith %}", "Line 1: There is no tag “with” here."),
        ("{{ first.host.upper }}", "Line 1: There is no variable “first.host.upper”."),
        ("{{ first.ends.year }}", "Line 1: There is no variable “first.ends.year”."),
        ("{{ first }}", "Line 1: There is no variable “first”."),
        ("{{ warnings }}", "Line 1: There is no variable “warnings”."),
        ("{{ settings.SECRET_KEY }}", "There is no variable “settings.SECRET_KEY”."),
        ("{{ count|default:settings }}", "There is no variable “settings”."),
        ("{% if secret %}{% endif %}", "There is no variable “secret”."),
        ("{{ count|safe }}", "Line 1: Invalid filter: 'safe'"),
        ("{{ count|center:999999999 }}", "Invalid filter: 'center'"),
        ("{{ list|upper }}", "list takes no filters"),
        ("{% for warning in warnings %}{{ list }}{% endfor %}", "in no loop"),
        ("{{ warning.host }}", "is known only inside"),
        ("{% for a in warnings %}{% endfor %}", "The only loop there is"),
        ("{% for warning in first.host %}{% endfor %}", "The only loop there is"),
        (
            "{% for warning in warnings %}{% for warning in warnings %}",
            "no loop inside a loop",
        ),
        ("a\n{% if count %}", "Line 2: Unclosed tag"),
        ("{{ }}", "Line 1: Empty variable tag"),
        ("{% if count and %}{% endif %}", "Line 1: "),
        ("{% if " + "not " * 1000 + "count %}{% endif %}", "Line 1: This tag is too"),
        ("{% if count %}" * 900, "more than 5 deep"),
        ("{{ count|" + "upper|" * 9, "Line 1: "),
    ],
)
def test_anything_else_is_refused_and_the_line_is_named(body, says):
    if body == "{{ count|" + "upper|" * 9:
        body += " }}"
    said = problem(body)

    assert said.startswith("Line ")
    assert says in said


def test_a_subject_is_checked_too():
    with pytest.raises(ValidationError) as refused:
        wording.check("{{ nothing }}", "fine")

    assert list(refused.value.message_dict) == ["subject"]


def test_what_comes_out_is_bounded():
    body = "{% for warning in warnings %}" + "x" * 5000 + "{% endfor %}"

    assert problem(body) == "More comes out than a mail can hold."


def test_what_comes_out_is_bounded_outside_of_loops_too():
    with pytest.raises(sandbox.WordingError, match="More comes out"):
        sandbox.Wording("x" * 200_001, variables=()).render({})


def test_whatever_fails_while_words_are_put_together_is_said():
    class Broken:
        def __str__(self):
            raise RuntimeError

    with pytest.raises(sandbox.WordingError, match="RuntimeError"):
        sandbox.Wording("{{ it }}", variables={"it"}).render({"it": Broken()})


def test_several_loops_are_bounded_together():
    loop = "{% for warning in warnings %}" + "x" * 1100 + "{% endfor %}"

    assert "More comes out" in problem(loop * 3)


def test_an_object_handed_in_by_mistake_is_not_looked_into():
    class Leaky:
        secret = "s3cret"

    with pytest.raises(sandbox.WordingError, match="no variable"):
        sandbox.Wording("{{ leaky.secret }}", variables={"leaky"})


def test_nothing_is_escaped_twice_nor_at_all_in_a_text():
    values = {**VALUES, "recipient": "Ada & <Co>"}

    assert wording.render(Policy(body="{{ recipient }}{{ list }}"), values).text == (
        "Ada & <Co>"
    )


def test_words_are_not_read_as_a_template_themselves():
    values = {**VALUES, "recipient": "{{ count }}{% load x %}"}

    text = wording.render(Policy(body="{{ recipient }}{{ list }}"), values).text

    assert text == "{{ count }}{% load x %}"


def test_an_empty_wording_is_the_sites_own():
    words = wording.render(None, {**VALUES, "list": "THE LIST"})

    assert words.subject.startswith("shop.example.org:443: Ended yesterday")
    assert "there are 4 warnings" in words.text
    assert "THE LIST" in words.text


def test_a_preview_shows_made_up_warnings_in_the_policys_words():
    policy = Policy(subject="{{ count }} for {{ recipient }}", body="Look:")

    words = wording.preview(policy, now=NOW)

    assert words.subject == "4 for Ada Lovelace"
    assert words.text.startswith("Look:")
    assert "www.example.org:443: Ends in 3 days" in words.text
    assert "== Ends later ==" in words.text


def test_a_preview_of_a_wording_that_cannot_be_used_says_why():
    with pytest.raises(wording.WordingError, match="Line 1: There is no variable"):
        wording.preview(Policy(subject="{{ nothing }}"), now=NOW)
