"""Two ways to deploy an adapted assembly: the real CDK CLI, and a quick one on CloudFormation's API alone."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.errors import UserError
from constructs_lib.local.emulator import ACCOUNT, REGION

if TYPE_CHECKING:
    from constructs_lib.local.assembly import Assembly
    from constructs_lib.local.aws import LocalAws
    from constructs_lib.local.cdk_cli import CdkCli
    from constructs_lib.local.stack_artifact import StackArtifact

_BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
_BOOTSTRAP_VERSION = "32"
_INLINE_TEMPLATE_BYTES = 51_200
"""CloudFormation takes larger templates only from S3."""


class Deployer(Protocol):
    """Brings the stacks of an assembly into the emulator."""

    def deploy(self, assembly: Assembly) -> None:
        """Deploy every stack; raises ``UserError`` with the reason of the first resource that fails."""


class CdkDeployer:
    """``cdk bootstrap`` and ``cdk deploy``, as on AWS."""

    def __init__(self, cli: CdkCli) -> None:
        """Deploy with a CLI whose environment points to the emulator."""
        self._cli = cli

    def deploy(self, assembly: Assembly) -> None:
        """Bootstrap the account, then deploy every stack without asking."""
        output = str(assembly.folder.parent / "bootstrap.out")
        self._cli.run("bootstrap", f"aws://{ACCOUNT}/{REGION}", "--output", output)
        self._cli.run("deploy", "--app", str(assembly.folder), "--all", "--require-approval", "never")


class QuickDeployer:
    """What the CLI does, without Node: upload the assets, create the stacks. A tenth of a second instead of seconds."""

    def __init__(self, aws: LocalAws) -> None:
        """Deploy with the root credentials of the emulator."""
        self._aws = aws
        self._buckets: set[str] = set()

    def deploy(self, assembly: Assembly) -> None:
        """Create every stack of the assembly in the order of its dependencies."""
        self._buckets.clear()
        self._aws.client("ssm").put_parameter(
            Name=_BOOTSTRAP_PARAMETER, Value=_BOOTSTRAP_VERSION, Type="String", Overwrite=True
        )
        for stack in assembly.stacks():
            for asset in stack.assets:
                self._upload(assembly.folder / asset["source"]["path"], asset)
            self._create(stack)

    def _upload(self, source: Path, asset: dict[str, Any]) -> None:
        body = zipped(source) if asset["source"]["packaging"] == "zip" else source.read_bytes()
        for destination in asset["destinations"].values():
            self._put(self._aws.resolve(destination["bucketName"]), destination["objectKey"], body)

    def _put(self, bucket: str, key: str, body: bytes) -> None:
        s3 = self._aws.client("s3")
        if bucket not in self._buckets:
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
            self._buckets.add(bucket)
        s3.put_object(Bucket=bucket, Key=key, Body=body)

    def _create(self, stack: StackArtifact) -> None:
        formation = self._aws.client("cloudformation")
        body = stack.template.read_text()
        template = {"TemplateBody": body}
        if len(body.encode()) > _INLINE_TEMPLATE_BYTES:
            bucket = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
            self._put(bucket, f"{stack.name}.json", body.encode())
            template = {"TemplateURL": f"https://s3.{REGION}.amazonaws.com/{bucket}/{stack.name}.json"}
        formation.create_stack(StackName=stack.name, Capabilities=["CAPABILITY_NAMED_IAM"], **template)
        while (status := _status(formation, stack.name)).endswith("IN_PROGRESS"):
            time.sleep(0.02)
        if status != "CREATE_COMPLETE":
            raise _failed(stack.name, formation.describe_stack_events(StackName=stack.name)["StackEvents"])


def zipped(folder: Path) -> bytes:
    """Return the folder as a zip file, the same bytes for the same content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if os.access(path, os.X_OK) else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def _status(formation: Any, stack: str) -> str:
    return str(formation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])


def _failed(stack: str, events: list[dict[str, Any]]) -> UserError:
    reasons = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    ]
    return UserError.of(
        "local-deploy-failed",
        stack,
        "; ".join(reasons) or "the stack was not created",
        "resources that the emulator creates",
        "see docs on what does not run locally",
    )
