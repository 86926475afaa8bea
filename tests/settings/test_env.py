"""A wrong environment stops the start and names the variable."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from lms.common.backups.archives import make_key_pair
from lms.settings import env

NAME = "YNTYMAK_TEST_VALUE"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch):
    return lambda value: monkeypatch.setenv(NAME, value)


def test_text_reads_falls_back_and_insists(given) -> None:
    assert env.text(NAME, "default") == "default"
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.text(NAME)
    given("")
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.text(NAME)
    given("value")
    assert env.text(NAME) == "value"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("1", True), ("TRUE", True), ("yes", True), (" on ", True), ("0", False), ("False", False), ("no", False)],
)
def test_boolean_knows_the_usual_words(given, typed: str, meant: bool) -> None:
    given(typed)
    assert env.boolean(NAME, not meant) is meant


def test_boolean_left_empty_is_the_default(given) -> None:
    given("")
    assert env.boolean(NAME, True) is True


@pytest.mark.parametrize("typed", ["maybe", "2", "ja"])
def test_boolean_refuses_anything_else(given, typed: str) -> None:
    given(typed)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.boolean(NAME, False)


def test_integer_reads_falls_back_and_refuses(given) -> None:
    assert env.integer(NAME, 7) == 7
    given(" 12 ")
    assert env.integer(NAME, 7) == 12
    for wrong in ("twelve", "1.5", "-1"):
        given(wrong)
        with pytest.raises(ImproperlyConfigured, match=NAME):
            env.integer(NAME, 7, minimum=0)


def test_words_drop_blanks(given) -> None:
    given(" a, b ,,")
    assert env.words(NAME, ["x"]) == ["a", "b"]
    given(" , ")
    assert env.words(NAME, ["x"]) == ["x"]


def test_ports_are_numbers_of_ports(given) -> None:
    assert env.ports(NAME, [443]) == [443]
    given("443, 8443")
    assert env.ports(NAME, [1]) == [443, 8443]
    for wrong in ("https", "0", "65536", "-1", "443;8443", "٤٤٣"):
        given(wrong)
        with pytest.raises(ImproperlyConfigured, match=NAME):
            env.ports(NAME, [443])


def test_folder_is_made(tmp_path: Path) -> None:
    assert env.folder(NAME, tmp_path / "a" / "b").is_dir()


def test_field_keys_are_checked_and_never_repeated(given) -> None:
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    given(f"{keys[0]}, {keys[1]}")
    assert env.field_keys(NAME) == keys
    given(f"{keys[0]},{keys[1][:-5]}")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}: key 2") as error:
        env.field_keys(NAME)
    assert keys[1][:10] not in str(error.value)
    given(",")
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.field_keys(NAME)


def test_secret_that_is_short_is_refused_and_not_repeated(given) -> None:
    given("hunter2")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must have at least 20") as error:
        env.secret(NAME, length=20)
    assert "hunter2" not in str(error.value)


def test_https_origin_takes_an_origin_only(given) -> None:
    given("https://lms.example:8443/")
    assert env.https_origin(NAME) == "https://lms.example:8443"
    for wrong in ("http://lms.example", "lms.example", "https://", "https://lms.example/path", "https://a.b/?q"):
        given(wrong)
        with pytest.raises(ImproperlyConfigured, match=NAME):
            env.https_origin(NAME)


def test_database_reads_a_postgres_address(tmp_path: Path) -> None:
    entry = env.database("postgres://user:p%40ss@db.example:6432/lms?sslmode=require", tmp_path / "x")
    assert entry["ENGINE"] == "django.db.backends.postgresql"
    assert [entry[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "lms",
        "user",
        "p@ss",
        "db.example",
        "6432",
    ]
    assert entry["OPTIONS"] == {"prepare_threshold": 1, "sslmode": "require"}


@pytest.mark.parametrize("url", ["mysql://a/b", "sqlite:///x", "postgres://host", "postgres://host:port/db"])
def test_database_refuses_other_addresses(url: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        env.database(url, tmp_path / "x")


def test_every_reader_takes_its_value_from_a_file_as_well(monkeypatch, tmp_path: Path) -> None:
    file = tmp_path / "value"
    monkeypatch.setenv(f"{NAME}_FILE", str(file))
    for text, read, meant in [
        (" value\n", lambda: env.text(NAME), "value"),
        ("yes\n", lambda: env.boolean(NAME, False), True),
        ("12\n", lambda: env.integer(NAME, 1), 12),
        ("a, b\n", lambda: env.words(NAME, []), ["a", "b"]),
        ("s" * 50 + "\n", lambda: env.secret(NAME, length=50), "s" * 50),
        ("https://lms.example\n", lambda: env.https_origin(NAME), "https://lms.example"),
    ]:
        file.write_text(text)
        assert read() == meant


def test_file_that_is_missing_empty_or_beside_the_value_stops_the_start(monkeypatch, tmp_path: Path) -> None:
    file = tmp_path / "value"
    monkeypatch.setenv(f"{NAME}_FILE", str(file))
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE: .*FileNotFoundError"):
        env.text(NAME, "default")
    file.write_text(" \n")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE: .* is empty"):
        env.text(NAME, "default")
    file.write_bytes(b"\xff")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE"):
        env.text(NAME, "default")
    file.write_text("from the file")
    monkeypatch.setenv(NAME, "from the environment")
    with pytest.raises(ImproperlyConfigured, match="both set") as error:
        env.text(NAME)
    assert "from the" not in str(error.value)


def test_storage_is_a_folder_or_a_bucket(tmp_path: Path) -> None:
    folders = env.storage("", tmp_path)
    assert [folders[part]["OPTIONS"]["location"].name for part in ("default", "private")] == ["public", "private"]
    bucket = env.storage("s3://k%2Fy:s%40cret@s3.example:9000/papers?region=eu", tmp_path)["private"]["OPTIONS"]
    assert bucket == {
        "access_key": "k/y",
        "secret_key": "s@cret",
        "bucket_name": "papers",
        "endpoint_url": "https://s3.example:9000",
        "region_name": "eu",
        "location": "private",
    }
    plain = env.storage("s3://k:s@minio/papers?tls=0", tmp_path)["default"]["OPTIONS"]
    assert plain["endpoint_url"] == "http://minio"


@pytest.mark.parametrize(
    "url",
    [
        "https://key:hidden@host/bucket",
        "s3://host/bucket",
        "s3://key:hidden@host",
        "s3://key:hidden@host/a/b",
        "s3://key:hidden@host:port/bucket",
        "s3://key:hidden@host/bucket?acl=public-read",
        "s3://key:hidden@host/bucket?tls=maybe",
    ],
)
def test_storage_refuses_other_addresses_and_repeats_no_secret(url: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL") as error:
        env.storage(url, tmp_path)
    assert "hidden" not in str(error.value)


def test_cache_is_memory_or_redis() -> None:
    assert env.cache("")["BACKEND"].endswith("LocMemCache")
    assert env.cache("redis://127.0.0.1/1")["LOCATION"] == "redis://127.0.0.1/1"
    with pytest.raises(ImproperlyConfigured, match="CACHE_URL"):
        env.cache("memcached://127.0.0.1")


@pytest.mark.parametrize("second", [",redis://127.0.0.2/1", ";redis://127.0.0.2/1"])
def test_cache_is_one_server_and_its_password_is_not_repeated(second: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="one server") as error:
        env.cache(f"redis://:hidden@127.0.0.1/1{second}")
    assert "hidden" not in str(error.value)


def test_recipients_of_backups_are_public_keys_of_age(given) -> None:
    public, private = make_key_pair()
    assert env.age_recipients(NAME) == []
    given(f"{public}, {public}")
    assert env.age_recipients(NAME) == [public, public]
    for wrong in (private, "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z"):
        given(f"{public},{wrong}")
        with pytest.raises(ImproperlyConfigured, match=f"{NAME}: key 2 is no public key") as caught:
            env.age_recipients(NAME)
        assert wrong not in str(caught.value)
