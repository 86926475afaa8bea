"""Mails where none are sent: files that a person can read."""

from django.core.mail import EmailMessage

LINK = "https://lms.example/ky/accounts/password/reset/key/01a2106fc1267131a899e23a6cea5b54-dilaah-3cb3d61f0a90e6f/"
TEXT = f"Саламатсызбы! Сырсөзүңүздү ушул жерден коюңуз, шилтеме үч күн иштейт: {LINK}"


def test_a_mail_becomes_a_file_with_its_words_and_its_link_whole(settings, tmp_path):
    settings.MAILERS = {"default": {"BACKEND": "lms.common.mail.PlainFiles", "OPTIONS": {"file_path": tmp_path}}}
    EmailMessage(subject="Чакыруу", body=TEXT, to=["a@example.org"]).send(using="default")
    (file,) = tmp_path.iterdir()
    assert TEXT in file.read_text(encoding="utf-8")
