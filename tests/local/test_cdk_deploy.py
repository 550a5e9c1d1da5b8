"""The real ``cdk bootstrap`` and ``cdk deploy`` bring the examples into the emulator, and they work there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.local.deploy import CdkDeployer
from constructs_lib.local.stories.delivery import GOOD_ORDER
from constructs_lib.local.stories.scene import Scene

if TYPE_CHECKING:
    from constructs_lib.local.assembly import Assembly
    from constructs_lib.local.project import Project
    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan


def test_cdk_bootstraps_the_account_and_deploys_every_stack_and_an_order_lands(
    project: Project,
    empty_session: LocalSession,
    assembly: Assembly,
    plans: tuple[PipelinePlan, ...],
    orders: PipelinePlan,
) -> None:
    deployer = CdkDeployer(project.deploying_cli(empty_session))
    empty_session.deploy(assembly, plans, deployer)
    found = empty_session.aws.client("cloudformation").describe_stacks()["Stacks"]
    status = {stack["StackName"]: stack["StackStatus"] for stack in found}
    assert set(status) == {"CDKToolkit", *(stack.name for stack in assembly.stacks())}
    assert {text.rpartition("_")[2] for text in status.values()} == {"COMPLETE"}
    assert GOOD_ORDER.whole(Scene(empty_session, orders)).unmet == ()


def test_a_second_deployment_of_the_same_assembly_changes_nothing(
    project: Project, empty_session: LocalSession, assembly: Assembly
) -> None:
    before = len(empty_session.aws.client("lambda").list_functions()["Functions"])
    CdkDeployer(project.deploying_cli(empty_session)).deploy(assembly)
    assert len(empty_session.aws.client("lambda").list_functions()["Functions"]) == before > 0
