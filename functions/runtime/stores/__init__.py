"""What handlers read and write at once: tables and buckets behind protocols that memory keeps as well as AWS."""

from functions.runtime.stores.bucket import Bucket, BucketReader, BucketWriter, ObjectInfo
from functions.runtime.stores.conditions import ABSENT, EXISTS, AtLeast, AtMost, OneOf
from functions.runtime.stores.errors import ObjectMissing, StoreBusy, StoreMisuse
from functions.runtime.stores.table import Item, Key, Outcome, Table, TableReader, TableWriter

__all__ = [
    "ABSENT",
    "EXISTS",
    "AtLeast",
    "AtMost",
    "Bucket",
    "BucketReader",
    "BucketWriter",
    "Item",
    "Key",
    "ObjectInfo",
    "ObjectMissing",
    "OneOf",
    "Outcome",
    "StoreBusy",
    "StoreMisuse",
    "Table",
    "TableReader",
    "TableWriter",
]
