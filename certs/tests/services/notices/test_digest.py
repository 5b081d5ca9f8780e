from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.dates import as_written_by
from certs.models import Certificate, Endpoint, Letter, Notice
from certs.services.notices import digest, items, letters
from certs.tests.factories import NOW, make_checked, make_endpoint, make_team, make_user
from certs.tests.warned import make_channel, make_notice, make_policy

pytestmark = pytest.mark.django_db

ADA = "ada@example.org"
HOSTILE = 'Evil"><script>alert(1)</script>\r\nBcc: all@example.org\u202e'


@pytest.fixture(autouse=True)
def _host(settings):
    settings.DEFAULT_HOST = "https://certdesk.example.org"


def gathered():
    letters.gather(now=NOW)
    return Letter.objects.get()


def mail():
    return digest.render(gathered(), now=NOW)


def parts(message):
    return message.body, message.alternatives[0].content


def test_both_parts_say_what_there_is_to_know():
    endpoint = make_checked("www.example.org", days=7, team=make_team("Web"))
    policy = make_policy("Ours")
    make_notice(endpoint, reason="contact of the endpoint", policy=policy)

    message = mail()

    assert message.to == [ADA]
    assert message.subject == "www.example.org:443: Ends in 7 days"
    for part in parts(message):
        assert "www.example.org:443" in part
        assert f"https://certdesk.example.org{endpoint.get_absolute_url()}" in part
        assert "Ends today or within 7 days" in part
        assert "28 Nov 2026, 12:00 UTC, 7 days left" in part
        assert "Owner: Web" in part
        assert "Issuer: Test Issuing CA" in part or "Issuer: " in part
        assert "Why you: contact of the endpoint (policy “Ours”)" in part
        assert "https://certdesk.example.org/warnings/acknowledge/" in part
        assert "https://certdesk.example.org/warnings/unsubscribe/" in part


def test_a_machine_knows_what_it_is_and_how_to_end_it():
    make_notice()

    headers = mail().message()

    letter = Letter.objects.get()
    assert headers["Message-ID"] == f"<{letter.pk}@certdesk.example.org>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Precedence"] == "bulk"
    assert headers["List-Id"] == ("Certdesk warnings <warnings.certdesk.example.org>")
    assert headers["List-Unsubscribe"].startswith("<https://certdesk.example.org/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_is_offered_over_https_alone(settings):
    settings.DEFAULT_HOST = "http://[::1]:8000"
    make_notice()

    headers = mail().message()

    assert headers["List-Unsubscribe"].startswith("<http://[::1]:8000/")
    assert "List-Unsubscribe-Post" not in headers
    assert headers["Message-ID"].endswith("@[::1]>")


def test_the_most_urgent_come_first_and_in_groups():
    make_notice(make_checked("later.example.org", days=30))
    make_notice(make_checked("over.example.org"), kind="recovered")
    make_notice(make_checked("changed.example.org"), kind="changed")
    make_notice(make_checked("soon.example.org", days=7))
    make_notice(make_checked("away.example.org"), kind="unreachable")
    make_notice(make_checked("today.example.org", days=0.1))
    make_notice(make_checked("ended.example.org", days=-2), kind="ended")

    message = mail()

    assert message.subject == "ended.example.org:443: Ended 2 days ago (and 6 more)"
    order = [
        *("Ended", "ended.", "Ends today or within 7 days", "today.", "soon."),
        *("Cannot be reached", "away.", "Changed", "changed."),
        *("Ends later", "later.", "Over", "over."),
    ]
    for part, begins in zip(parts(message), ("== Ended", "<h2"), strict=True):
        listed = part[part.index(begins) :]
        places = [listed.index(word) for word in order]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("kind", "step", "says"),
    [
        ("step", "7d", "Ends in 7 days"),
        ("reminder", "reminder/2026-11-21", "Ends in 7 days"),
        ("overdue", "overdue", "Not renewed as expected: ends in 7 days"),
        ("escalation", "escalation/1/7d", "Nobody has acknowledged: ends in 7 days"),
        ("unreachable", "unreachable/2026-11-21", "Cannot be reached: It is away."),
        ("recovered", "recovered/2026-11-21", "It can be reached again"),
        ("changed", "changed", "Another certificate is served"),
        ("grade", "grade/C", "The grade dropped to C"),
        ("finding", "finding/weak-key", "A new finding: weak key"),
        ("chain", "chain/0000/30d", "A certificate above it ends"),
        ("renewed", "renewed", "It was renewed: it is over"),
    ],
)
def test_each_kind_of_warning_has_its_words(kind, step, says):
    endpoint = make_checked(days=7)
    Endpoint.objects.filter(pk=endpoint.pk).update(error_text="It is away.")
    endpoint.refresh_from_db()
    make_notice(endpoint, kind=kind, step=step)

    for part in parts(mail()):
        assert says in part


def test_every_kind_is_in_some_group():
    for kind in Notice.Kind:
        assert items.urgency(kind, NOW, now=NOW) in items.Urgency


def test_what_ends_above_it_is_named():
    endpoint = make_checked(days=7)
    above = make_checked(days=20).certificate
    Certificate.objects.filter(pk=above.pk).update(common_name="Issuing CA")
    step = f"chain/{above.fingerprint_sha256[:16]}/30d"
    make_notice(endpoint, kind="chain", step=step)

    assert "Above it, Issuing CA: ends in 20 days" in mail().body


def test_an_endpoint_that_was_never_reached_can_be_told_of():
    make_notice(make_endpoint("new.example.org"), kind="unreachable")

    for part in parts(mail()):
        assert "End: not known" in part
        assert "Owner: nobody" in part
        assert "Issuer" not in part


def test_what_is_over_is_not_to_be_acknowledged():
    make_notice(kind="renewed")

    for part in parts(mail()):
        assert "/acknowledge/" not in part


def test_dates_are_the_readers():
    make_user(
        email=ADA,
        time_zone="Asia/Tokyo",
        date_language="de",
        display_name="Ada Lovelace",
    )
    make_notice(make_checked(days=24.5))  # 16 Dec, 00:00 UTC

    for part in parts(mail()):
        assert "16 Dez 2026, 09:00 JST, 25 days left" in part
        assert "Hello Ada Lovelace," in part


def test_a_deactivated_person_counts_as_a_plain_address():
    make_user(email=ADA, time_zone="Asia/Tokyo", is_active=False)
    make_notice()

    assert "UTC" in mail().body


def test_what_a_certificate_says_stays_text():
    endpoint = make_checked(days=7)
    Certificate.objects.update(issuer_name=HOSTILE)
    make_notice(endpoint, reason=HOSTILE)

    message = mail()

    text, html = parts(message)
    assert "<script" not in html
    assert "\r" not in text
    assert "\nBcc:" not in text
    assert "\u202e" not in text + html
    message.message()


def test_long_words_are_cut():
    endpoint = make_checked(days=7)
    Certificate.objects.update(issuer_name="x" * 255)
    make_notice(endpoint)

    assert "x" * 119 + "…" in mail().body


def test_the_subject_is_one_short_line():
    make_notice(policy=make_policy(subject="{{ first.issuer }}\n" + "long " * 30))
    Certificate.objects.update(issuer_name="Evil\r\nBcc: all@example.org")

    subject = mail().subject

    assert subject.startswith("Evil Bcc: all@example.org long")
    assert "\n" not in subject
    assert len(subject) <= 200


def test_a_huge_letter_tells_the_first_and_how_many_more(monkeypatch):
    monkeypatch.setattr(items, "SHOWN", 3)
    for days in (9, 3, 7, 5, 11):
        make_notice(make_checked(f"in-{days}.example.org", days=days))

    message = mail()

    assert message.subject == "in-3.example.org:443: Ends in 3 days (and 4 more)"
    for part in parts(message):
        assert "in-7.example.org" in part
        assert "in-9.example.org" not in part
        assert "2 more" in part
        assert "https://certdesk.example.org/endpoints/" in part


def test_nothing_left_is_no_letter():
    make_notice()
    letter = gathered()
    Notice.objects.update(state="closed")

    with pytest.raises(digest.NothingLeftError):
        digest.render(letter, now=NOW)


def test_no_picture_is_fetched_from_anywhere():
    make_notice()

    html = mail().alternatives[0].content

    assert "<img" not in html
    assert "url(" not in html
    assert "@import" not in html


# --- wordings of policies -----------------------------------------------------------


def test_a_policys_words_are_around_the_list_in_both_parts():
    body = "Dear {{ recipient }},\n\n{{ list }}\n\nAsk <help@example.org>."
    make_notice(policy=make_policy(subject="{{ count }} due", body=body))

    message = mail()

    assert message.subject == "1 due"
    text, html = parts(message)
    assert text.startswith(f"Dear {ADA},")
    assert text.index("Ends in 7 days") < text.index("Ask <help@example.org>.")
    assert html.index("Ends in 7 days") < html.index("Ask &lt;help@example.org&gt;.")
    assert "\0" not in text + html


def test_a_policy_that_forgets_the_list_has_it_below():
    make_notice(policy=make_policy(body="Look at this."))

    for part in parts(mail()):
        assert part.index("Look at this.") < part.index("Acknowledge")


def test_a_policy_that_tells_all_itself_has_no_list():
    body = "{% for warning in warnings %}{{ warning.host }} at {{ warning.link }}\n"
    notice = make_notice(policy=make_policy(body=body + "{% endfor %}"))

    text, html = parts(mail())

    link = f"https://certdesk.example.org{notice.endpoint.get_absolute_url()}"
    assert f"{notice.endpoint.host} at {link}" in text
    assert f'<a class="link" href="{link}">{link}</a>' in html
    assert "Acknowledge" not in text + html


def test_a_list_is_in_the_letter_once():
    make_notice(policy=make_policy(body="{{ list }} and {{ list }}"))

    for part in parts(mail()):
        assert part.count("Ends in 7 days") <= 2  # the title of the HTML part has it
        assert "\0" not in part


def test_only_links_to_this_site_are_made_of_hostile_words():
    body = "{{ first.issuer }}"
    make_notice(policy=make_policy(body=body))
    evil = 'https://evil.example/ https://certdesk.example.org/x" onclick="alert(1)'
    Certificate.objects.update(issuer_name=evil)

    html = mail().alternatives[0].content

    assert 'href="https://evil' not in html
    assert '" onclick="' not in html


def test_the_words_are_those_of_the_most_urgent_policy():
    make_notice(make_checked(days=30), policy=make_policy(subject="calm"))
    make_notice(make_checked(days=1), policy=make_policy(subject="urgent"))

    assert mail().subject == "urgent"


# --- other letters ------------------------------------------------------------------


def test_a_letter_by_hand_is_as_it_was_written_and_answers_go_to_its_author():
    author = make_user(display_name="Grace", email="grace@example.org")
    letter = Letter(
        kind=Letter.Kind.MANUAL,
        address=ADA,
        subject="Please look",
        body="First <b>.\n\nhttps://certdesk.example.org/endpoints/",
        made_by=author,
    )

    message = digest.render(letter, now=NOW)

    assert message.subject == "Please look"
    assert message.reply_to == ["grace@example.org"]
    text, html = parts(message)
    assert text.startswith("First <b>.")
    assert "Written by Grace" in text
    assert "First &lt;b&gt;." in html
    assert 'href="https://certdesk.example.org/endpoints/"' in html
    headers = message.message()
    assert "List-Unsubscribe" not in headers
    assert "Auto-Submitted" not in headers


def test_a_report_says_that_no_person_wrote_it():
    letter = Letter(kind=Letter.Kind.REPORT, address=ADA, subject="Week", body="All.")

    headers = digest.render(letter, now=NOW).message()

    assert headers["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in headers


def test_a_channel_reads_the_same_words():
    make_notice(make_checked("www.example.org", days=7), recipient=channel_key())

    words = digest.words(gathered(), now=NOW)

    assert words.subject == "www.example.org:443: Ends in 7 days"
    assert "Ends in 7 days" in words.text
    (told,) = words.facts["warnings"]
    assert told["ends"] == (NOW + timedelta(days=7)).isoformat()


def channel_key():
    return f"channel:{make_channel().pk}"


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (-3, "Ended 3 days ago"),
        (-1, "Ended yesterday"),
        (-0.1, "Ended today"),
        (0.1, "Ends today"),
        (1, "Ends tomorrow"),
        (2, "Ends in 2 days"),
    ],
)
def test_the_end_is_told_by_the_calendar(days, says):
    with as_written_by("UTC", ""):
        now = timezone.localtime(NOW)
        assert items.when(NOW + timedelta(days=days), now=now) == says


def test_a_preview_shows_made_up_warnings_in_html():
    html = digest.preview(make_policy(body="Look: {{ list }}"), now=NOW)

    assert "Look:" in html
    assert "www.example.org:443" in html
    assert "Ends in 3 days" in html
