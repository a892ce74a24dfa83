"""Uploaded files lie on this disk, or in a private bucket where the environment names one."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlparse

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.storage.handler import StorageHandler
from django.urls import reverse
from moto import mock_aws

from config.settings import file_storage
from selection.actions import attachment as actions
from selection.models import Attachment
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db
BUCKET = "lingxuan-files"


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An S3 of the machine's own, and the storage that the environment then asks for."""
    for name, value in (
        ("STORAGE_S3_BUCKET", BUCKET), ("STORAGE_S3_REGION", "us-east-1"),
        ("STORAGE_S3_ACCESS_KEY", "testing"), ("STORAGE_S3_SECRET_KEY", "testing"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    with mock_aws():
        there = boto3.resource(
            "s3", region_name="us-east-1", aws_access_key_id="t", aws_secret_access_key="t"
        )
        there.create_bucket(Bucket=BUCKET)
        settings.STORAGES = {**settings.STORAGES, "default": file_storage()}
        yield there.Bucket(BUCKET)


def test_without_a_bucket_files_lie_on_the_disk():
    assert file_storage()["BACKEND"] == "django.core.files.storage.FileSystemStorage"
    assert isinstance(storages, StorageHandler)


def test_the_address_of_another_s3_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("STORAGE_S3_BUCKET", "b")
    monkeypatch.setenv("STORAGE_S3_ENDPOINT", "http://minio:9000")
    options = file_storage()["OPTIONS"]
    assert (options["bucket_name"], options["endpoint_url"]) == ("b", "http://minio:9000")
    assert (options["default_acl"], options["file_overwrite"], options["querystring_auth"]) == (
        None,
        False,
        True,
    )


def test_a_file_goes_into_the_bucket_comes_back_through_us_and_leaves_it(
    bucket, client, django_capture_on_commit_callbacks
):
    with clock.frozen(factories.NOON):
        row = factories.nomination("draft")
        clerk = factories.user("unit_clerk", organisation=row.unit)
        data = factories.pdf(2)
        kept = actions.upload(row, by=clerk, kind="case", name="a.pdf", data=data)
        assert [item.key for item in bucket.objects.all()] == [kept.file.name]
        client.force_login(clerk)
        answer = client.get(reverse("attachment_file", args=[kept.key]))
        assert b"".join(answer.streaming_content) == data
        assert actions.drop_orphans() == 0
        with django_capture_on_commit_callbacks(execute=True):
            actions.remove(kept, by=clerk)
        assert list(bucket.objects.all()) == []
        assert not Attachment.objects.exists()


def test_a_file_missing_from_the_bucket_is_said_to_be(bucket, client):
    row = factories.attachment(factories.nomination("nominated"))
    bucket.objects.all().delete()
    client.force_login(factories.user("reviewer"))
    assert client.get(reverse("attachment_file", args=[row.key])).status_code == 409


def test_the_same_name_twice_overwrites_nothing(bucket):
    first = default_storage.save("attachments/r/a.pdf", ContentFile(b"1"))
    second = default_storage.save("attachments/r/a.pdf", ContentFile(b"2"))
    assert first != second
    with default_storage.open(first) as file:
        assert file.read() == b"1"


def test_an_address_of_the_bucket_is_signed_and_short_lived(bucket):
    default_storage.save("attachments/r/证书.pdf", ContentFile(b"1"))
    query = parse_qs(urlparse(default_storage.url("attachments/r/证书.pdf")).query)
    assert query["X-Amz-Expires"] == ["300"]


def test_files_of_the_bucket_without_a_row_go(bucket, monkeypatch):
    kept = factories.attachment(factories.nomination())
    default_storage.save("attachments/lost/x.pdf", ContentFile(b"x"))
    monkeypatch.setattr(actions, "ORPHANED_AFTER", -10.0)
    assert actions.drop_orphans() == 1
    assert [item.key for item in bucket.objects.all()] == [kept.file.name]
