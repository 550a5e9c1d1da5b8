"""What AWS refuses an operator, said like any other fault: a missing setting or a wrong name is no crash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from constructs_lib.errors import Fault, UserError

_SETTINGS = ("NoRegionError", "NoCredentialsError", "PartialCredentialsError", "ProfileNotFound")
_ABSENT = ("ResourceNotFoundException", "NoSuchBucket", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")


@contextmanager
def aws_faults(declaration: Path) -> Iterator[None]:
    """Run a block that asks AWS for the pipeline of ``declaration``.

    Raises:
        UserError: the shell has no region or credentials, nothing of the pipeline is there, or AWS refused.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise UserError([_refused(error.response.get("Error", {}), error.operation_name, declaration)]) from None
    except BotoCoreError as error:
        raise UserError([_unreachable(error, declaration)]) from None


def _refused(answer: Mapping[str, Any], call: str, declaration: Path) -> Fault:
    code, file = str(answer.get("Code", "an error")), str(declaration)
    if code in _ABSENT:
        found = f"{call}: nothing of this pipeline is in the account and region of the shell"
        fix = "name them with --stage and --platform; a pipeline without a shared platform has one of its own name"
        return Fault("not-deployed", "", found, "a stage and a platform that it is deployed to", fix, file)
    found = f"{call}: {code}: {answer.get('Message', '')}"
    return Fault("aws-refused", "", found, "credentials that may do this", "take a role that is allowed to", file)


def _unreachable(error: Exception, declaration: Path) -> Fault:
    if type(error).__name__ in _SETTINGS:
        allowed, fix = "the AWS settings of the shell", "set AWS_PROFILE, or AWS_DEFAULT_REGION and credentials"
        return Fault("aws-settings-missing", "", str(error), allowed, fix, str(declaration))
    return Fault("aws-unreachable", "", str(error), "an answer of AWS", "look at network and region", str(declaration))
