"""What handlers read and write at once: tables and buckets behind protocols that memory keeps as well as AWS."""

from functions.runtime.stores.bucket import (
    Bucket,
    BucketDeleter,
    BucketReader,
    BucketReaderDeleter,
    BucketReaderWriter,
    BucketWriter,
    BucketWriterDeleter,
    ObjectInfo,
)
from functions.runtime.stores.conditions import ABSENT, EXISTS, AtLeast, AtMost, OneOf
from functions.runtime.stores.errors import ObjectMissing, StoreBusy, StoreMisuse
from functions.runtime.stores.table import (
    Item,
    Key,
    Outcome,
    Table,
    TableDeleter,
    TableReader,
    TableReaderDeleter,
    TableReaderWriter,
    TableWriter,
    TableWriterDeleter,
)

__all__ = [
    "ABSENT",
    "EXISTS",
    "AtLeast",
    "AtMost",
    "Bucket",
    "BucketDeleter",
    "BucketReader",
    "BucketReaderDeleter",
    "BucketReaderWriter",
    "BucketWriter",
    "BucketWriterDeleter",
    "Item",
    "Key",
    "ObjectInfo",
    "ObjectMissing",
    "OneOf",
    "Outcome",
    "StoreBusy",
    "StoreMisuse",
    "Table",
    "TableDeleter",
    "TableReader",
    "TableReaderDeleter",
    "TableReaderWriter",
    "TableWriter",
    "TableWriterDeleter",
]
