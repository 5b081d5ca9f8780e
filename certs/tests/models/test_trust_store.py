import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from certs.models import TrustStore
from certs.pki.roots import PUBLIC
from certs.tests.factories import make_root, make_store, make_user

pytestmark = pytest.mark.django_db


def test_a_store_is_called_by_its_name_and_a_root_by_the_certificate():
    store = make_store("Corp", roots=[make_root()])

    assert str(store) == "Corp"
    assert str(store.roots.get()) == "Test Root"


@pytest.mark.parametrize("name", [PUBLIC, PUBLIC.lower(), "Taken"])
def test_a_name_is_that_of_no_other_store(name):
    make_store("Taken")

    with pytest.raises(ValidationError):
        TrustStore(name=name).full_clean()


def test_a_certificate_that_somebody_trusts_is_not_deleted():
    store = make_store("Corp", roots=[make_root()])
    certificate = store.roots.get().certificate

    with pytest.raises(ProtectedError):
        certificate.delete()

    store.delete()
    certificate.delete()


def test_a_root_outlives_the_account_of_who_added_it():
    ann = make_user("Administrator")
    store = make_store("Corp", roots=[make_root()], user=ann)
    assert store.roots.get().added_by == ann

    ann.delete()

    assert store.roots.get().added_by is None
