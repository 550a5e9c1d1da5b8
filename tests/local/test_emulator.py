"""The embedded AWS keeps to itself: loopback only, nothing inherited, IAM on, nothing left behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psutil
import pytest
from botocore.exceptions import ClientError

from constructs_lib.errors import UserError
from constructs_lib.local.emulator import emulator_program
from constructs_lib.local.session import LocalSession

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local.project import Project
    from constructs_lib.local.stories.scene import Scene

LOOPBACK = {"127.0.0.1", "::1"}


def family(session: LocalSession) -> list[psutil.Process]:
    return [*psutil.Process(session.emulator.pid).children(recursive=True), psutil.Process()]


def test_nothing_listens_on_anything_but_loopback(scene: Scene) -> None:
    scene.deliver(scene.order("listening"))
    sockets = [socket for process in family(scene.session) for socket in process.net_connections("inet")]
    listening = {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}
    assert listening
    assert listening <= LOOPBACK


def test_settings_and_credentials_of_the_shell_do_not_reach_the_emulator(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-shell")
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("A_TOKEN", "of-the-shell")
    with LocalSession(project.emulator_environment) as session:
        for process in family(session)[:-1]:
            environment = process.environ()
            assert "of-the-shell" not in environment.values()
            assert "AWS_PROFILE" not in environment


def test_stopping_leaves_no_process_and_no_folder(project: Project) -> None:
    with LocalSession(project.emulator_environment) as session:
        processes = family(session)[:-1]
        folder = session.folder
        assert processes
        assert folder.is_dir()
    assert [process for process in processes if process.is_running()] == []
    assert not folder.exists()


def test_two_sessions_side_by_side_do_not_see_each_other(project: Project) -> None:
    with LocalSession(project.emulator_environment) as one, LocalSession(project.emulator_environment) as other:
        one.aws.client("sqs").create_queue(QueueName="mine")
        assert len(one.aws.client("sqs").list_queues()["QueueUrls"]) == 1
        assert not other.aws.client("sqs").list_queues().get("QueueUrls")


def test_a_reset_empties_the_account(project: Project) -> None:
    with LocalSession(project.emulator_environment) as session:
        session.aws.client("sqs").create_queue(QueueName="gone")
        session.reset()
        assert not session.aws.client("sqs").list_queues().get("QueueUrls")
        assert [call.operation for call in session.proxy.calls] == ["ListQueues"]


def test_a_role_is_denied_what_it_is_not_granted_and_allowed_what_it_is(project: Project) -> None:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}
    with LocalSession(project.emulator_environment) as session:
        iam = session.aws.client("iam")
        role = iam.create_role(RoleName="sender", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName="sender", PolicyName="send", PolicyDocument=json.dumps(allow))
        url = session.aws.client("sqs").create_queue(QueueName="queue")["QueueUrl"]
        sqs = session.aws.client_in_role("sqs", role)
        assert sqs.send_message(QueueUrl=url, MessageBody="{}")["MessageId"]
        with pytest.raises(ClientError, match="AccessDenied"):
            sqs.receive_message(QueueUrl=url)


def test_a_missing_environment_is_a_user_error_that_says_make_demo(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        emulator_program(tmp_path)
    assert caught.value.faults[0].code == "environment-missing"
    assert "make demo" in caught.value.faults[0].fix
