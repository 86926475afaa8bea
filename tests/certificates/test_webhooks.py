"""What partners' programs are told: signed, in order, and nothing of a person."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lms.certificates import actions
from lms.certificates.models import Certificate, StateChange, Webhook, WebhookDelivery, WebhookEvent
from lms.certificates.rendering import digest_of, message_body
from lms.certificates.signing import sign_message
from lms.people.models import AuditEntry
from tests.certificates.hooks import ALL, revoke, sweep, told
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort
from tests.factories.people import AT, make_organisation, make_staff
from tests.factories.webhooks import make_administrator, make_webhook

pytestmark = pytest.mark.django_db
# The vectors that the specification's own libraries and its first sender are tested with.
VECTORS = [
    (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
    (
        "whsec_plJ3nmyCDGBKInavdOK15jsl",
        "msg_loFOjxBNrRLzqYUf",
        1731705121,
        b'{"event_type":"ping","data":{"success":true}}',
        "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    ),
]


# ── What is said, and by whom ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("secret", "message", "at", "body", "signature"), VECTORS)
def test_signature_is_the_specifications(secret, message, at, body, signature):
    assert sign_message(message, at, body, [secret]) == signature
    assert sign_message(message, at, body, [secret, secret]) == f"{signature} {signature}"


def test_revocation_is_told_signed_and_says_nothing_of_a_person(certificate, hook, receiver, is_ours):
    revoke(certificate)
    sweep(hook.webhook)
    [received] = receiver.received
    assert json.loads(received.body) == {
        "type": "certificate.revoked",
        "timestamp": "2026-11-24T03:00:00.000Z",
        "data": {"id_sha256": digest_of(certificate.public_id), "state": "revoked", "day": "2026-11-24"},
    }
    sent = f"{received.headers}{received.body.decode()}{received.path}"
    for word in (certificate.public_id, str(certificate.pk), str(certificate.person_id), make.FULL_NAME, "Айгүл"):
        assert word not in sent
    assert "SECRET" not in sent
    assert "mistake" not in sent
    assert (received.path, received.headers["content-type"]) == ("/in?a=b", "application/json")
    assert received.headers["webhook-id"] == str(told(hook.webhook).pk)
    assert is_ours(hook.secret, received.headers, received.body)


def test_body_or_header_that_somebody_changed_is_not_ours(certificate, hook, receiver, is_ours):
    revoke(certificate)
    sweep(hook.webhook)
    [received] = receiver.received
    headers, body = received.headers, received.body
    assert not is_ours(hook.secret, headers, body.replace(b"revoked", b"expired"))
    assert not is_ours(hook.secret, headers, body + b" ")
    assert not is_ours(hook.secret, headers | {"webhook-id": "another"}, body)
    assert not is_ours(hook.secret, headers | {"webhook-timestamp": str(int(AT.timestamp()) + 1)}, body)
    assert not is_ours(hook.secret, headers | {"webhook-signature": "v1,AAAA v1a,BBBB"}, body)
    assert not is_ours(make_webhook(make_organisation()).secret, headers, body)


def test_message_of_an_hour_ago_is_not_believed(certificate, hook, receiver, is_ours):
    revoke(certificate)
    sweep(hook.webhook, AT + timedelta(hours=1))
    [received] = receiver.received
    assert not is_ours(hook.secret, received.headers, received.body)


def test_each_change_is_told_in_order_and_by_its_own_name(certificate, hook, receiver):
    why = {"internal_reason": "R", "by": make_staff()}
    actions.suspend_certificate(certificate=certificate, public_wording={}, at=AT, **why)
    actions.lift_suspension(certificate=certificate, at=AT + timedelta(minutes=1), **why)
    actions.revoke_certificate(certificate=certificate, public_wording={}, at=AT + timedelta(minutes=2), **why)
    sweep(hook.webhook, AT + timedelta(minutes=3))
    said = [json.loads(one.body) for one in receiver.received]
    assert [(one["type"], one["data"]["state"]) for one in said] == [
        ("certificate.suspended", "suspended"),
        ("certificate.suspension_lifted", "valid"),
        ("certificate.revoked", "revoked"),
    ]
    assert [one["timestamp"] for one in said] == sorted(one["timestamp"] for one in said)
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 3


def test_replacement_is_told_and_not_by_what(receiver):
    graduate = make.make_graduate(make_cohort(module_codes=("M1", "M2")))
    first = make.make_trainer_certificate(graduate)
    hook = make_webhook(graduate.cohort.organisation, f"https://localhost:{receiver.port}/", ALL)
    newer = make.make_trainer_certificate(graduate, "M2")
    sweep(hook.webhook, AT + timedelta(days=2))
    [received] = receiver.received
    said = json.loads(received.body)
    assert (said["type"], said["data"]["id_sha256"]) == ("certificate.superseded", digest_of(first.public_id))
    assert digest_of(newer.public_id).encode() not in received.body


def test_only_revocations_are_told_where_nothing_else_was_chosen(certificate, receiver):
    hook = make_webhook(certificate.organisation, f"https://localhost:{receiver.port}/")
    assert list(hook.webhook.events) == ["certificate.revoked"] == actions.DEFAULT_EVENTS
    why = {"internal_reason": "R", "by": make_staff(), "at": AT}
    actions.suspend_certificate(certificate=certificate, public_wording={}, **why)
    sweep(hook.webhook)
    assert receiver.received == []


def test_other_organisations_and_what_was_before_is_not_told(certificate, receiver):
    address = f"https://localhost:{receiver.port}/"
    revoke(certificate)
    late = make_webhook(certificate.organisation, address, at=AT + timedelta(seconds=1))
    elsewhere = make_webhook(make_organisation(), address)
    for hook in (late, elsewhere):
        sweep(hook.webhook, AT + timedelta(minutes=1))
    assert receiver.received == []
    assert not WebhookDelivery.objects.exists()


def test_newly_chosen_event_is_told_from_then_on(certificate, receiver):
    other = make.make_certificate(make.make_graduate(certificate.cohort))
    hook = make_webhook(certificate.organisation, f"https://localhost:{receiver.port}/")
    why = {"internal_reason": "R", "by": make_staff(), "public_wording": {}}
    actions.suspend_certificate(certificate=certificate, at=AT, **why)
    by, later = make_administrator(certificate.organisation), AT + timedelta(hours=1)
    actions.change_webhook(webhook=hook.webhook, events=ALL, by=by, at=later)
    actions.suspend_certificate(certificate=other, at=later, **why)
    sweep(hook.webhook, later)
    [received] = receiver.received
    assert json.loads(received.body)["data"]["id_sha256"] == digest_of(other.public_id)


# ── Whoever revokes ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_revoking_asks_nothing_of_webhooks(certificate, hook):
    """Neither a query nor a row more: the change of state is the record, and the schedule finds it."""
    with transaction.atomic():
        with_webhook = _queries_of_revoking(certificate)
        transaction.set_rollback(True)
    Webhook.objects.all().delete()
    assert _queries_of_revoking(certificate) == with_webhook
    assert not WebhookDelivery.objects.exists()


def _queries_of_revoking(certificate: Certificate) -> int:
    with CaptureQueriesContext(connection) as asked:
        revoke(Certificate.objects.get(pk=certificate.pk))
    return len(asked)


def test_taken_back_revocation_is_not_told(certificate, hook, receiver):
    with transaction.atomic():
        revoke(certificate)
        transaction.set_rollback(True)
    sweep(hook.webhook)
    assert receiver.received == []


def test_change_is_noted_once_however_often_it_is_looked_for(certificate, hook):
    revoke(certificate)
    assert [actions.note_events(at=AT) for _round in range(3)] == [1, 0, 0]
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookDelivery.objects.create(
            webhook=hook.webhook, change=StateChange.objects.get(), event="x", created_at=AT, due_at=AT
        )


# ── Secrets, switching, tests ────────────────────────────────────────────────────────────────────────────────────────


def test_secret_is_kept_encrypted_and_the_one_before_holds_for_a_day(certificate, hook, receiver, is_ours):
    by, later = make_administrator(certificate.organisation), AT + timedelta(minutes=1)
    renewed = actions.renew_webhook_secret(webhook=hook.webhook, by=by, at=AT)
    again = actions.renew_webhook_secret(webhook=hook.webhook, by=by, at=later)
    row = Webhook.objects.get()
    for secret in (hook.secret, renewed.secret, again.secret):
        assert secret.encode() not in bytes(row.sealed_secret) + bytes(row.sealed_old_secret)
    revoke(certificate)
    sweep(hook.webhook, later)
    [received] = receiver.received
    valid = [is_ours(one.secret, received.headers, received.body) for one in (hook, renewed, again)]
    assert valid == [True, False, True]


def test_the_day_after_the_old_secret_is_destroyed(certificate, hook, receiver):
    by, day_after = make_administrator(certificate.organisation), AT + timedelta(days=1)
    actions.renew_webhook_secret(webhook=hook.webhook, by=by, at=AT)
    revoke(certificate)
    sweep(hook.webhook, day_after)
    row = Webhook.objects.get()
    assert (row.sealed_old_secret, row.old_secret_until) == (None, None)
    assert len(receiver.received[0].headers["webhook-signature"].split()) == 1


def test_off_tells_nothing_and_on_again_tells_what_comes(certificate, hook, receiver):
    by, organisation = make_administrator(certificate.organisation), certificate.organisation
    revoke(certificate)
    actions.note_events(at=AT)
    off = actions.switch_webhook_off(webhook=hook.webhook, by=by, at=AT)
    assert told(off).state == "dropped"
    revoke(make.make_certificate(make.make_graduate(certificate.cohort)), AT + timedelta(minutes=1))
    on = actions.switch_webhook_on(webhook=off, by=by, at=AT + timedelta(minutes=2))
    sweep(on, AT + timedelta(minutes=3))
    assert receiver.received == []
    last = make.make_certificate(make.make_graduate(certificate.cohort))
    revoke(last, AT + timedelta(minutes=4))
    sweep(on, AT + timedelta(minutes=5))
    assert digest_of(last.public_id).encode() in receiver.received[0].body
    verbs = AuditEntry.objects.filter(organisation_id=organisation.pk, subject_type="certificates.webhook")
    assert list(verbs.order_by("at", "pk").values_list("verb", flat=True)) == [
        "add_webhook",
        "switch_webhook_off",
        "switch_webhook_on",
    ]


def test_test_is_tried_once_and_counts_for_nothing(certificate, hook, receiver):
    by = make_administrator(certificate.organisation)
    receiver.answers = [500]
    actions.try_webhook(webhook=hook.webhook, by=by, at=AT)
    sweep(hook.webhook)
    assert json.loads(receiver.received[0].body) == {
        "type": "webhook.test",
        "timestamp": "2026-11-24T03:00:00.000Z",
        "data": {},
    }
    hook.webhook.refresh_from_db()
    assert (told(hook.webhook).state, hook.webhook.failing_since, hook.webhook.is_on) == ("given_up", None, True)
    actions.switch_webhook_off(webhook=hook.webhook, by=by, at=AT)
    with pytest.raises(actions.WebhookOff):
        actions.try_webhook(webhook=hook.webhook, by=by, at=AT)


def test_log_is_forgotten_after_its_term_and_a_webhook_that_is_off_with_it(certificate, hook, receiver):
    revoke(certificate)
    sweep(hook.webhook)
    assert actions.forget_deliveries(before=AT) == 0
    assert actions.forget_deliveries(before=AT + timedelta(seconds=1)) == 1
    assert actions.note_events(at=AT + timedelta(days=90)) == 0
    by = make_administrator(certificate.organisation)
    actions.switch_webhook_off(webhook=hook.webhook, by=by, at=AT)
    assert actions.forget_deliveries(before=AT + timedelta(days=1)) == 1
    assert not Webhook.objects.exists()


def test_body_is_small_and_every_event_has_one(certificate, hook):
    revoke(certificate)
    change = StateChange.objects.get()
    for event in WebhookEvent:
        body = message_body(WebhookDelivery(webhook=hook.webhook, change=change, event=event, created_at=AT))
        assert len(body) < 300
