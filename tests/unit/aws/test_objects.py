"""A bucket is listed, read and written."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError

from tidewatch.aws.objects import Bucket, read_all, split_uri
from tidewatch.core.errors import DataError

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def bucket(aws: None) -> Bucket:  # noqa: ARG001 - the order matters
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="captures")
    for key in ("a/champion/1", "a/champion/2", "a/challenger/1", "a/stray", "b/1"):
        s3.put_object(Bucket="captures", Key=key, Body=key.encode())
    return Bucket("captures")


def test_objects_are_listed_by_prefix_and_behind_a_key(bucket: Bucket) -> None:
    assert [item.key for item in bucket.under("a/champion/")] == ["a/champion/1", "a/champion/2"]
    behind = list(bucket.under("a/champion/", after="a/champion/1"))
    assert [(item.key, item.size) for item in behind] == [("a/champion/2", 12)]
    assert behind[0].modified.tzinfo is not None


def test_folders_are_one_level_deep(bucket: Bucket) -> None:
    assert bucket.folders("a/") == ["a/challenger/", "a/champion/"]


def test_many_are_read_in_their_order(bucket: Bucket) -> None:
    objects = list(bucket.under("a/"))
    assert read_all(bucket, objects) == [item.key.encode() for item in objects]


def test_an_object_that_vanished_is_an_error(bucket: Bucket) -> None:
    with pytest.raises(ClientError, match="NoSuchKey"):
        bucket.read("nothing")


def test_what_is_written_is_read_again(bucket: Bucket) -> None:
    bucket.write("page.html", b"<p>", "text/html")
    assert bucket.read("page.html") == b"<p>"


def test_the_account_that_a_bucket_must_belong_to_is_said_with_every_call(bucket: Bucket) -> None:
    owned = Bucket(bucket.name, owner="123456789012")
    said: list[str | None] = []
    owned._s3.meta.events.register(
        "before-parameter-build.s3", lambda params, **_: said.append(params["ExpectedBucketOwner"])
    )
    list(owned.under("a/"))
    owned.folders("a/")
    owned.read("a/stray")
    owned.write("page.html", b"<p>", "text/html")
    assert said == ["123456789012"] * 4


@pytest.mark.parametrize("uri", ["https://x/y", "s3://bucket", "s3:///key", ""])
def test_an_address_that_is_none_is_an_error(uri: str) -> None:
    with pytest.raises(DataError, match="s3://"):
        split_uri(uri)
