import pytest
from django.db import IntegrityError, OperationalError, transaction

from certs.models import Tag
from certs.services import patience


def failing(times, error=OperationalError):
    left = [error("gone")] * times

    def work():
        if left:
            raise left.pop()
        return "done"

    return work


@pytest.mark.django_db(transaction=True)
def test_work_is_tried_again_after_each_wait():
    assert patience.patiently(failing(2), waits=(0, 0)) == "done"

    with pytest.raises(OperationalError):
        patience.patiently(failing(3), waits=(0, 0))


@pytest.mark.django_db(transaction=True)
def test_only_a_database_that_is_away_is_waited_for():
    with pytest.raises(IntegrityError):
        patience.patiently(failing(1, IntegrityError), waits=(0,))


@pytest.mark.django_db
def test_inside_a_transaction_the_failure_belongs_to_whoever_began_it():
    with transaction.atomic(), pytest.raises(OperationalError):
        patience.patiently(failing(1), waits=(0,))


@pytest.mark.django_db
@pytest.mark.parametrize("batch", [1, 3, 4, 100])
def test_rows_are_read_once_each_in_the_order_of_their_keys(batch):
    tags = [Tag.objects.create(name=f"t{number}") for number in range(4)]

    found = list(patience.read(Tag.objects.order_by("-name"), batch=batch))

    assert found == sorted(tags, key=lambda tag: tag.pk)
