"""Every code of a fault, with what it means; all layers may raise faults, so the table stands below them."""

from __future__ import annotations

DECLARATION: dict[str, str] = {
    # The file
    "file-missing": "The file does not exist.",
    "file-is-directory": "The path names a directory.",
    "file-unreadable": "The file cannot be opened or read.",
    "file-too-large": "The file is larger than 1 MB.",
    "file-empty": "The file holds no value, or comments alone.",
    "not-utf8": "The file is not UTF-8.",
    "folder-empty": "A folder of declarations holds none.",
    # The text
    "not-yaml": "The text is not YAML.",
    "not-json": "The text of a .json file is not JSON.",
    "several-documents": "The file holds more than one YAML document.",
    "yaml-tag": "A value has a YAML tag such as !!python/object.",
    "yaml-alias": "An alias names an anchor that does not exist or contains the alias.",
    "nested-too-deep": "Values nest deeper than 20 levels.",
    "too-many-values": "More than 10,000 values, each alias counted with all it stands for.",
    "duplicate-key": "A name stands twice in one mapping.",
    "key-not-text": "The name of a field is a number, null, a list or a mapping.",
    "number-refused": "A number is infinite, not a number, or longer than 18 digits.",
    "not-a-mapping": "The file holds a list or a single value instead of fields.",
    # The fields
    "unknown-field": "A field does not exist here; the nearest name is suggested.",
    "field-missing": "A field without a default is absent.",
    "type-wrong": "A value has the wrong type.",
    "text-wrong": "A text does not have the form of its field.",
    "length-wrong": "A text or list is too short or too long.",
    "number-out-of-range": "A number is below or above what its field allows.",
    "value-unknown": "A word is none of those that its field knows.",
    "value-wrong": "A value does not fit its field.",
    "value-not-scalar": "An override sets a list or a mapping.",
    "unit-wrong": "A duration, size or percentage has no unit, or one that does not exist.",
    "date-wrong": "A day is not written as YYYY-MM-DD or is not in the calendar.",
    "kind-missing": "A source, output, network or authentication does not say its type.",
    "kind-unknown": "A type does not exist.",
    "runner-class-elsewhere": "The runner class is not one that this library builds.",
    "source-not-single": "A pipeline has several sources.",
    "path-wrong": "The path of a route cannot be used.",
    "tolerance-wrong": "A webhook's timestamps are accepted for no time at all, or for longer than an hour.",
    "path-parameter-unsafe": "A route without the verifying function has parameters in its path.",
    "existing-queue-fifo": "The existing queue is a FIFO queue.",
    "environment-reserved": "The platform or Lambda sets an environment variable of this name.",
    "tag-reserved": "The platform or AWS sets a tag of this key.",
    "secret-name-wrong": "A secret's name has characters that Secrets Manager does not allow.",
    "secret-is-a-value": "A secret's value stands where its name belongs.",
    "pipeline-name-taken": "Two declarations of one folder have the same name.",
    "tenant-ambiguous": "The tenant is both fixed and read from the record.",
    # The catalogue
    "catalog-unknown": "The pinned version of the catalogue does not come with the library.",
    "catalog-wrong": "The file handed over as a catalogue is not one.",
    "size-beyond-limits": "A size of the catalogue exceeds the platform's limits.",
    "size-unknown": "The catalogue has no such size.",
    "timeout-too-long": "The runner's timeout exceeds the longest run of its class.",
    "concurrency-out-of-range": "The cap is outside what an SQS event source mapping takes.",
    # Times and counts that depend on each other
    "batch-too-large": "The batch is larger than an SQS event source mapping takes.",
    "batch-without-window": "A batch above ten records needs a batching window.",
    "window-too-long": "The batching window exceeds what an SQS event source mapping takes.",
    "visibility-too-short": "The visibility timeout is below 6 × runner timeout + batching window.",
    "visibility-too-long": "The visibility timeout exceeds what SQS takes.",
    "retention-out-of-range": "A queue keeps messages for less or longer than SQS can.",
    "dlq-retention-too-short": "The dead-letter queue keeps messages for less long than the queue.",
    "attempts-disagree": "queue.max_receive_count and retry.max_attempts are not the same number.",
    "retry-delay-too-long": "A retry delay exceeds the longest visibility timeout of SQS, or is below the first.",
    "retries-outlive-queue": "The retry budget takes longer than the queue keeps a message.",
    "ttl-too-short": "A record is forgotten while it can still be delivered or replayed.",
    "ledger-too-short": "Evidence is removed while the record can still be delivered or replayed.",
    "log-retention-wrong": "CloudWatch Logs does not offer this retention.",
    "output-twice": "Two outputs have one name.",
    # The identity of a record
    "key-missing": "The source has no natural key and none is declared.",
    "key-not-jmespath": "A key is not a JMESPath expression.",
    "key-from-transport": "A key is an id that the transport gives to a message, not to a record.",
    "key-not-in-record": "A key is no field of a record of this source.",
    "key-not-in-schema": "A key is no field of the contract's schema.",
    "key-not-required": "A key is a field that the contract's schema does not require.",
    # Files that the declaration names
    "schema-missing": "The contract's schema file does not exist.",
    "schema-unreadable": "The contract's schema file cannot be read as UTF-8 JSON.",
    "schema-wrong": "The contract's schema is not a JSON Schema of 2020-12.",
    "schema-unsupported": "The contract's schema uses a keyword that the runtime cannot check.",
    "code-missing": "The folder of the user's code does not exist.",
    "handler-missing": "The handler's module or function does not exist.",
    "handler-not-python": "The handler's module cannot be parsed.",
    "requirements-missing": "The requirements file does not exist or cannot be read.",
    "requirement-without-hash": "A requirement is not pinned to a version with a hash.",
}
"""What loading and checking a declaration can bring."""

PLAN: dict[str, str] = {
    "stage-wrong": "The stage is not 1 to 10 lower case letters and digits that begin with a letter.",
    "platform-wrong": "The platform's name is not 1 to 20 lower case letters, digits and dashes, a letter first.",
    "name-too-long": "A name made of pipeline, stage and part is longer than its service takes.",
    "override-unknown-property": "An override sets a property that its resource does not have.",
    "environment-too-large": "The variables of a function, with the library's own, are larger than Lambda takes.",
    "function-id-taken": "The handler's function has the id of another part of the pipeline.",
    "override-unknown-resource": "An override names a resource that the plan does not have.",
    "meter-unknown": "The price list has no meter that the plan uses.",
    "events-negative": "A price is asked for fewer than no events.",
    "dependencies-not-installed": "uv cannot install the locked dependencies for the target.",
    "acknowledgement-too-wide": "An acknowledgement names no single finding, or no single resource.",
    "acknowledgement-without-reason": "An acknowledgement gives no reason of 20 characters or more.",
}
"""What planning, pricing, bundling and synthesis can bring."""

RUN: dict[str, str] = {
    "environment-missing": "An environment of the project has not been built.",
    "project-missing": "The folder holds no CDK app.",
    "synthesis-refused": "The app cannot be synthesised; the text is the app's own.",
    "cdk-failed": "The CDK CLI ended with an error.",
    "emulator-failed": "The emulator did not start.",
    "local-deploy-failed": "A stack could not be deployed to the emulator.",
    "local-resource-lacking": "A resource refers to one that the emulator does not have.",
    "local-order-refused": "The webhook did not accept an order of the demonstration.",
    "local-wait-over": "What the demonstration waits for did not come about.",
    "local-worker-missing": "No worker runs the function.",
    "docs-part-missing": "A page has no place for a part that is written from the source code.",
}
"""What the embedded run and the command line can bring."""

CODES: dict[str, str] = {**DECLARATION, **PLAN, **RUN}
"""Codes are stable: a script may rely on them."""
