from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Change
from accounts.tests.factories import make_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noticed")]


def verify(*arguments):
    out = StringIO()
    call_command("verify_changelog", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_a_whole_chain_is_counted_and_its_head_is_told():
    make_team()
    make_team()

    count, head = verify()

    assert count == "2 entries are as they were written."
    assert head == f"Head: 2:{Change.objects.get(number=2).link}"


def test_the_first_broken_link_is_named():
    make_team()
    make_team()
    verify()
    Change.objects.filter(number=1).update(object_text="Another")

    with pytest.raises(CommandError, match=r"^Entry 1 was changed\.$"):
        verify()


def test_what_was_cut_off_since_a_head_is_missed():
    make_team()
    head = verify()[-1].removeprefix("Head: ")
    Change.objects.filter(number=1).prune()

    with pytest.raises(CommandError, match=r"^Entry 1 and all up to 1 are missing\.$"):
        verify("--since", head)


def test_what_is_no_head_is_refused():
    with pytest.raises(CommandError, match="64 hexadecimal digits"):
        verify("--since", "yesterday")
