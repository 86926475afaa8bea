"""Files in a bucket: against a real server that speaks S3, in this process; and scripts under hashed names."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer

from lms.certificates.rendering import drop_pdf
from lms.common.storages import HashedStaticFiles
from lms.settings import env
from tests.factories.certificates import make_certificate

BUCKET = "yntymak"
SECRET = "se/cr+et"
# The smallest picture there is, as far as this test is concerned.
PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """host:port of a server with one empty bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    client(f"{host}:{port}").create_bucket(Bucket=BUCKET)
    yield f"{host}:{port}"
    running.stop()


def client(server: str) -> Any:
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=f"http://{server}", **keys)


@pytest.fixture
def bucket(server: str, settings, tmp_path: Path) -> str:
    """The installation that STORAGE_URL describes."""
    address = f"s3://key:{SECRET.replace('/', '%2F').replace('+', '%2B')}@{server}/{BUCKET}?region=us-east-1&tls=0"
    settings.STORAGES = settings.STORAGES | env.storage(address, tmp_path)
    return server


def names(server: str) -> set[str]:
    return {found["Key"] for found in client(server).list_objects_v2(Bucket=BUCKET).get("Contents", [])}


@pytest.mark.parametrize(("part", "folder"), [("default", "public"), ("private", "private")])
def test_file_is_saved_read_and_deleted_in_its_part_of_the_bucket(bucket, part, folder):
    storage = storages[part]
    name = storage.save("papers/күз.txt", ContentFile("Айгүл".encode()))
    assert storage.exists(name)
    assert names(bucket) == {f"{folder}/{name}"}
    with storage.open(name) as file:
        assert file.read().decode() == "Айгүл"
    storage.delete(name)
    assert not storage.exists(name)
    assert names(bucket) == set()


def test_second_file_of_a_name_does_not_replace_the_first(bucket):
    storage = storages["private"]
    first, second = [storage.save("a.txt", ContentFile(text)) for text in (b"one", b"two")]
    assert first != second
    assert storage.open(first).read() == b"one"
    for name in (first, second):
        storage.delete(name)


def test_private_file_has_no_address_and_the_bucket_gives_it_to_nobody(bucket):
    name = storages["private"].save("certificates/x.pdf", ContentFile(b"%PDF"))
    with pytest.raises(ValueError, match="no address"):
        storages["private"].url(name)
    grants = client(bucket).get_object_acl(Bucket=BUCKET, Key=f"private/{name}")["Grants"]
    assert [grant["Permission"] for grant in grants if "URI" in grant["Grantee"]] == []
    storages["private"].delete(name)


def test_private_folder_of_one_machine_has_no_address_either():
    with pytest.raises(ValueError, match="no address"):
        storages["private"].url("certificates/x.pdf")


def test_picture_comes_through_our_own_address(bucket):
    name = default_storage.save("images/bazaar.png", ContentFile(PICTURE))
    address = default_storage.url(name)
    assert address == f"/media/{name}"
    answer = Client().get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.getvalue() == PICTURE
    assert "lang" not in answer.cookies
    default_storage.delete(name)
    assert Client().get(address).status_code == 404


def test_bucket_that_does_not_answer_fails_and_says_nothing_of_the_secret(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | env.storage("s3://key:hidden@127.0.0.1:9/b?tls=0", tmp_path)
    with pytest.raises(Exception, match=r"127\.0\.0\.1:9") as error:
        storages["private"].exists("x")
    assert "hidden" not in str(error.value)


@pytest.mark.django_db
def test_certificate_lies_in_the_bucket_and_comes_back_through_the_view(bucket):
    certificate = make_certificate()
    holder = Client()
    holder.force_login(certificate.person)
    address = reverse("certificates:pdf", args=[certificate.pk])
    drawn = holder.get(address).content
    certificate.refresh_from_db()
    assert names(bucket) == {f"private/{certificate.pdf_name}"}
    kept = client(bucket).get_object(Bucket=BUCKET, Key=f"private/{certificate.pdf_name}")["Body"].read()
    assert drawn == kept == holder.get(address).content
    assert kept.startswith(b"%PDF")
    assert Client().get(f"/media/{certificate.pdf_name}").status_code == 404
    drop_pdf(certificate.pdf_name)
    assert names(bucket) == set()


def test_scripts_import_one_another_by_the_names_with_their_hashes(tmp_path: Path) -> None:
    files = {
        "js/first.js": 'import { one } from "./second.js";\nimport("../third.js");\n',
        "js/second.js": "export const one = 1;\n",
        "third.js": "export const three = 3;\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    storage = HashedStaticFiles(location=tmp_path)
    list(storage.post_process({name: (storage, name) for name in files}))
    served = (tmp_path / storage.stored_name("js/first.js")).read_text()
    second, third = (Path(storage.stored_name(name)).name for name in ("js/second.js", "third.js"))
    assert served == f'import {{ one }} from "./{second}";\nimport("../{third}");\n'
