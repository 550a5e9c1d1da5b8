"""Least privilege that the emulator does not check itself: recorded statements against the roles as they were deployed.

AWS checks a PartiQL statement as ``dynamodb:PartiQLInsert`` and the like, on its table and with the partition key that
it names; the emulator checks another action on every table. So the calls that functions really made are held against
the policies of their roles, and each must be allowed by a statement that comes from the template.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from constructs_lib.local.emulator import ACCOUNT, REGION

if TYPE_CHECKING:
    from constructs_lib.local.aws import LocalAws
    from constructs_lib.local.calls import Call
    from constructs_lib.local.statements import Statement

_LEADING_KEYS = "dynamodb:LeadingKeys"


@dataclass(frozen=True)
class Use:
    """One kind of statement that a function made, and whether its role allows it on AWS."""

    function: str
    action: str
    table: str
    allowed: bool
    times: int


def uses_of(aws: LocalAws, calls: Iterable[Call]) -> tuple[Use, ...]:
    """Return every kind of statement that functions made, held against their deployed roles."""
    counted: dict[tuple[str, str, str, bool], int] = {}
    policies: dict[str, list[dict[str, Any]]] = {}
    for call in calls:
        if call.function is None:
            continue
        for statement in call.statements:
            if call.function not in policies:
                policies[call.function] = _policy_statements(aws, call.function)
            kind = (call.function, statement.action, statement.table, allows(policies[call.function], statement))
            counted[kind] = counted.get(kind, 0) + 1
    return tuple(Use(*kind, times) for kind, times in sorted(counted.items()))


def allows(policy: Iterable[dict[str, Any]], statement: Statement) -> bool:
    """Return whether one policy statement allows the action on the table and the partition key; a Deny decides."""
    matching = [one for one in policy if _covers(one, statement)]
    return bool(matching) and all(one["Effect"] == "Allow" for one in matching)


def _covers(policy: dict[str, Any], statement: Statement) -> bool:
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{statement.table}"
    return (
        any(fnmatchcase(statement.action, action) for action in _as_list(policy["Action"]))
        and any(fnmatchcase(arn, resource) for resource in _as_list(policy["Resource"]))
        and _keys_fit(policy.get("Condition", {}), statement.partition_key)
    )


def _keys_fit(conditions: dict[str, Any], partition_key: str | None) -> bool:
    patterns = [pattern for one in conditions.values() for pattern in _as_list(one.get(_LEADING_KEYS, []))]
    return not patterns or any(fnmatchcase(partition_key or "", pattern) for pattern in patterns)


def _policy_statements(aws: LocalAws, function: str) -> list[dict[str, Any]]:
    iam = aws.client("iam")
    role = aws.client("lambda").get_function_configuration(FunctionName=function)["Role"].rpartition("/")[2]
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    return [statement for document in documents for statement in _as_list(document["Statement"])]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
