"""What every bucket promises, as tests: a module inherits the class and says where the bucket is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from functions.runtime.stores import ObjectInfo, ObjectMissing, StoreMisuse

if TYPE_CHECKING:
    from functions.runtime.stores import Bucket

BUCKET, PREFIX = "documents-111122223333", "in/"


class BucketContract:
    """The fixture ``bucket`` is an empty bucket, declared with the prefix ``in/``, listable and deletable."""

    def test_what_is_put_is_read_at_once(self, bucket: Bucket) -> None:
        bucket.put("in/a.txt", b"one")
        assert bucket.read("in/a.txt") == b"one"
        bucket.put("in/a.txt", b"")
        assert bucket.read("in/a.txt") == b""

    def test_a_file_is_put_from_where_it_stands(self, bucket: Bucket) -> None:
        file = io.BytesIO(b"head body")
        file.seek(5)
        bucket.put("in/a.txt", file)
        assert bucket.read("in/a.txt") == b"body"

    def test_an_object_is_read_as_it_comes(self, bucket: Bucket) -> None:
        bucket.put("in/lines", b"".join(b"%06d\n" % number for number in range(100_000)))
        with bucket.open("in/lines") as file:
            assert file.read(7) == b"000000\n"
            assert next(file) == b"000001\n"
            assert sum(1 for _ in file) == 99_998
        assert file.closed

    def test_type_and_metadata_are_kept(self, bucket: Bucket) -> None:
        bucket.put("in/a.json", b"{}", content_type="application/json", metadata={"order": "o-1"})
        assert bucket.info("in/a.json") == ObjectInfo("in/a.json", 2, "application/json", {"order": "o-1"})

    @pytest.mark.parametrize("ask", ["open", "read", "info"])
    def test_what_is_missing_is_said_to_be(self, bucket: Bucket, ask: str) -> None:
        with pytest.raises(ObjectMissing, match="in/none"):
            getattr(bucket, ask)("in/none")

    def test_it_is_known_whether_an_object_is_there(self, bucket: Bucket) -> None:
        bucket.put("in/ab", b"")
        bucket.put("in/a/b", b"")
        assert [bucket.exists(key) for key in ("in/ab", "in/a", "in/a/b", "in/abc")] == [True, False, True, False]

    def test_objects_are_listed_in_the_order_of_their_keys(self, bucket: Bucket) -> None:
        for key in ("in/b/2", "in/a", "in/b/1", "in/é", "in/B"):
            bucket.put(key, b"12")
        assert [found.key for found in bucket.list()] == ["in/B", "in/a", "in/b/1", "in/b/2", "in/é"]
        assert list(bucket.list("in/b/")) == [ObjectInfo("in/b/1", 2), ObjectInfo("in/b/2", 2)]
        assert list(bucket.list("in/c")) == []

    def test_what_is_deleted_is_gone_and_may_be_deleted_again(self, bucket: Bucket) -> None:
        bucket.put("in/a", b"")
        bucket.delete("in/a")
        bucket.delete("in/a")
        assert not bucket.exists("in/a")

    def test_keys_outside_the_prefix_are_refused(self, bucket: Bucket) -> None:
        for ask in (bucket.open, bucket.read, bucket.info, bucket.exists, bucket.delete, bucket.list):
            with pytest.raises(StoreMisuse, match="outside"):
                ask("other/a")
        with pytest.raises(StoreMisuse, match="outside"):
            bucket.put("other/a", b"")

    @pytest.mark.parametrize("metadata", [{"Upper": "x"}, {"a": "é"}])
    def test_metadata_that_would_change_on_its_way_is_refused(self, bucket: Bucket, metadata: dict[str, str]) -> None:
        with pytest.raises(StoreMisuse, match="metadata"):
            bucket.put("in/a", b"", metadata=metadata)

    def test_a_file_of_unknown_length_is_refused(self, bucket: Bucket) -> None:
        class Pipe(io.BytesIO):
            def seekable(self) -> bool:
                return False

        with pytest.raises(StoreMisuse, match="cannot seek"):
            bucket.put("in/a", Pipe(b"x"))

    def test_a_key_that_is_too_long_is_refused(self, bucket: Bucket) -> None:
        with pytest.raises(StoreMisuse, match="1024"):
            bucket.read("in/" + "é" * 512)


def empty(client: Any) -> None:
    """Remove every object of the bucket."""
    for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=found["Key"])
