"""What the tasks of a state machine reach in memory: functions of steps, the ledger, queues, topics and buses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from constructs_lib.drills.memory.faults import Crash
from constructs_lib.drills.memory.states.errors import TASK_FAILED, StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from constructs_lib.drills.memory.states.calls import TaskCall
    from constructs_lib.drills.world import World

EXITED = "Runtime.ExitError"
"""What Lambda calls the end of a process that has not answered."""
MESSAGE = "errorMessage"


class WorkflowServices:
    """Dispatches the calls of tasks, and shows them the objects of the same memory."""

    def __init__(self, world: World, functions: Mapping[str, Callable[[Any], Any]]) -> None:
        """``functions`` by id take what a task passes; ``world`` holds everything else."""
        self._world = world
        self._functions = functions

    def call(self, call: TaskCall) -> Any:
        """Do what a task asks for.

        Raises:
            StateError: what the service or the function raised, under the name that Step Functions has for it.
        """
        if call.action == "lambda:invoke":
            return self._invoke(call.arguments)
        action, name = ACTIONS[call.action]
        try:
            return action(self._world, call.arguments) or {}
        except ClientError as error:
            code = error.response["Error"]["Code"]
            suffix = "" if code.endswith("Exception") else "Exception"
            raise StateError(f"{name}.{code}{suffix}", code) from None
        except (Crash, BotoCoreError) as error:
            raise StateError(TASK_FAILED, type(error).__name__) from None

    def _invoke(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        id = str(arguments["FunctionName"]).removeprefix("${Version.").removesuffix("}")
        payload = json.loads(json.dumps(arguments.get("Payload")))
        try:
            result = self._functions[id](payload)
        except Crash:
            raise StateError(EXITED, _cause(EXITED, "the process is gone")) from None
        except Exception as error:
            name = type(error).__name__
            raise StateError(name, _cause(name, str(error))) from None
        return {"StatusCode": 200, "ExecutedVersion": "1", "Payload": json.loads(json.dumps(result))}

    def read(self, bucket: str, key: str) -> bytes:
        """Return an object; ``KeyError`` where it is missing."""
        return self._objects()[bucket, key]

    def names(self, bucket: str, prefix: str) -> Iterable[tuple[str, int]]:
        """Return keys and sizes, by key."""
        found = self._objects()
        return [(key, len(found[b, key])) for b, key in sorted(found) if b == bucket and key.startswith(prefix)]

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object beside those of outputs."""
        self._world.s3.written[f"s3://{bucket}/{key}"] = body

    def _objects(self) -> dict[tuple[str, str], bytes]:
        """Return every object that was put or that has arrived."""
        s3 = self._world.s3
        places = {**{f"s3://{place}": body for place, body in s3.arrived.items()}, **s3.objects, **s3.written}
        split = ((place.removeprefix("s3://").partition("/"), body) for place, body in places.items())
        return {(bucket, key): body for (bucket, _, key), body in split}


def _cause(name: str, message: str) -> str:
    return json.dumps({MESSAGE: message, "errorType": name})


def _insert(world: World, arguments: Mapping[str, Any]) -> None:
    world.dynamodb.execute_statement(Statement=arguments["Statement"], Parameters=arguments["Parameters"])


def _send(world: World, arguments: Mapping[str, Any]) -> Any:
    return world.sqs.send_message(**{"MessageAttributes": {}, **arguments})


def _publish(world: World, arguments: Mapping[str, Any]) -> Any:
    entry = {name: value for name, value in arguments.items() if name != "TopicArn"}
    entries = [{"Id": "1", **entry}]
    world.clients.sns.publish_batch(TopicArn=arguments["TopicArn"], PublishBatchRequestEntries=entries)
    return {"MessageId": "published"}


def _put_events(world: World, arguments: Mapping[str, Any]) -> Any:
    entries = [{**entry, "Detail": _text(entry["Detail"])} for entry in arguments["Entries"]]
    return world.bus.put_events(Entries=entries)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


ACTIONS: Mapping[str, tuple[Callable[[World, Mapping[str, Any]], Any], str]] = {
    "aws-sdk:dynamodb:executeStatement": (_insert, "DynamoDb"),
    "events:putEvents": (_put_events, "EventBridge"),
    "sns:publish": (_publish, "SNS"),
    "sqs:sendMessage": (_send, "SQS"),
}
"""Direct integrations, and how Step Functions names their errors."""
