"""One administrator who holds the account of the other takes no key out, whatever links are made meanwhile."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.certificates.actions import NobodyConfirms, ensure_signing_key, propose_key_export, propose_key_withdrawal
from lms.certificates.models import SigningKey
from lms.common.backups.archives import make_key_pair
from lms.people.models import Proposal, User
from tests.factories.people import PASSWORD
from tests.people.test_confirming import House
from tests.people.test_holding_accounts import come_in, shown, shown_to_root

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(settings, tmp_path) -> House:
    settings.DATA_DIR, settings.JOURNAL_FILE = tmp_path / "data", tmp_path / "journal.jsonl"
    settings.DATA_DIR.mkdir()
    cache.clear()
    return House()


def propose(house: House, key: SigningKey) -> Proposal:
    recipient, _secret = make_key_pair()
    return propose_key_export(key=key, recipient=recipient, reason="We move.", by=house.first, at=timezone.now())


def confirm(client: Client, proposal: Proposal, secret: str) -> bool:
    url = reverse("certificates:key_proposal", args=[proposal.pk])
    client.post(url, {"answer": "confirm", "secret": secret})
    proposal.refresh_from_db()
    return proposal.confirmed_at is not None


def test_she_does_not_sign_as_the_other_one_after_a_link_that_nobody_used_yet(house):
    root = User.objects.create_superuser("root", PASSWORD)
    key = ensure_signing_key(organisation=house.organisation, by=None, at=house.now)
    proposal = propose(house, key)
    thief = come_in(house.second, shown(house.first, house.second))
    link = shown_to_root(root, house.second)
    with pytest.raises(NobodyConfirms):
        propose_key_withdrawal(key=key, reason="It leaked.", by=house.first, at=timezone.now())
    assert not confirm(thief, proposal, "an-attack-2026")
    # The honest one comes in by it, and her signature counts.
    hers = come_in(house.second, link)
    assert thief.get(reverse("certificates:keys")).status_code == 302
    assert confirm(hers, proposal, "an-attack-2026")
