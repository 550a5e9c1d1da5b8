"""The forms of texts in words and with an example: a person is not asked to read a regular expression."""

from __future__ import annotations

FORMS: dict[str, tuple[str, str]] = {
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": ("lower case letters, digits and single dashes, a letter first", "shop-orders"),
    r"^[^@\s]+@[^@\s]+$": ("a mail address", "orders-team@example.com"),
    r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$": (
        "package.module:function",
        "handlers.orders:land_order",
    ),
    r"^https?://[^\s]+$": ("a web address", "https://example.com/runbooks/shop-orders"),
    r"^arn:aws[a-z-]*:sqs:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$": (
        "the ARN of an SQS queue",
        "arn:aws:sqs:eu-west-1:111122223333:stock",
    ),
    r"^(arn:aws[a-z-]*:sqs:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:)?([A-Za-z0-9_-]|\$\{stage\}){1,80}(\.fifo)?$": (
        "the name or the ARN of an SQS queue, with ${stage} for the stage",
        "partner-${stage}-inbox",
    ),
    r"^(arn:aws[a-z-]*:sns:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:)?([A-Za-z0-9_-]|\$\{stage\}){1,256}(\.fifo)?$": (
        "the name or the ARN of an SNS topic, with ${stage} for the stage",
        "stock-${stage}-changes",
    ),
    r"^(arn:aws[a-z-]*:events:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:"
    r"[0-9]{12}:event-bus/)?([A-Za-z0-9_./-]|\$\{stage\}){1,256}$": (
        "the name or the ARN of an event bus, with ${stage} for the stage",
        "orders-${stage}-bus",
    ),
    r"^[A-Za-z0-9._/-]{1,128}$": ("letters, digits, dots, dashes, underscores and slashes", "shop.orders"),
    r"^https://[^\s?#]+$": ("a web address with https", "https://id.example.com/"),
    r"^(\*|https://[a-z0-9.-]+(:[0-9]{1,5})?|http://localhost(:[0-9]{1,5})?)$": (
        "a web site: https and a host in lower case, without a path",
        "https://shop.example.com",
    ),
    r"^[!#-\[\]-~]{1,256}$": ("a scope without spaces and quotes", "orders.write"),
    r"^[a-z][a-z0-9-]{0,29}$": ("lower case letters, digits and dashes, a letter first, at most 30", "partner-a"),
    r"^(body|path)(\.[A-Za-z_][A-Za-z0-9_]*)+$": ("names joined by dots, body or path first", "body.account_id"),
    r"^arn:aws[a-z-]*:sns:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:([A-Za-z0-9_-]|\$\{stage\}){1,256}(\.fifo)?$": (
        "the ARN of an SNS topic, with ${stage} for the stage",
        "arn:aws:sns:eu-west-1:111122223333:orders",
    ),
    r"^([0-9]{12}|arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]+)$": (
        "the number of an account, or the ARN of a role or a user",
        "arn:aws:iam::111122223333:role/shop",
    ),
    r"^([A-Za-z0-9._-]|\$\{stage\}){1,256}$": (
        "the name of an event bus, with ${stage} for the stage",
        "orders-${stage}-bus",
    ),
    r"^[^'\s\x00{}]{1,256}$": (
        "a filter of MQTT topics without spaces, quotes and ${stage}, which is not replaced here",
        "plants/+/readings",
    ),
    r"^arn:aws[a-z-]*:kinesis:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:stream/([A-Za-z0-9_.-]|\$\{stage\}){1,128}$": (
        "the ARN of a Kinesis stream, with ${stage} for the stage",
        "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks",
    ),
    r"^arn:aws[a-z-]*:dynamodb:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:"
    r"[0-9]{12}:table/([A-Za-z0-9_.-]|\$\{stage\}){3,255}/stream/[0-9T:.-]+$": (
        "the ARN of a table's stream, with ${stage} for the stage",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-31T12:00:00.000",
    ),
    r"^arn:aws[a-z-]*:kms:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:key/[A-Za-z0-9-]{1,100}$": (
        "the ARN of a KMS key",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
    r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$": ("a time without an offset", "2026-12-01T06:00:00"),
    r"^\d{4}-\d{2}-\d{2}$": ("a day", "2026-12-25"),
    r"^([01]\d|2[0-3]):[0-5]\d$": ("a time of the day", "22:00"),
    r"^\S(.*\S)?$": ("text without spaces at its ends", "order"),
    r"^[A-Za-z][A-Za-z0-9_]*$": ("letters, digits and underscores, a letter first", "LOG_MODE"),
    r"^[a-z][a-z0-9_]{0,31}$": (
        "lower case letters, digits and underscores, a letter first, at most 32",
        "order_events",
    ),
    r"^[A-Za-z_][A-Za-z0-9_.-]{0,99}(:[SN])?$": (
        "the name of an attribute, with :N behind it for a number",
        "placed_at:N",
    ),
    r"^[A-Za-z0-9_.-]{3,100}$": ("letters, digits, dots, dashes and underscores, 3 to 100", "by-status"),
    r"^([A-Za-z0-9_.-]|\$\{stage\}){3,255}$": (
        "the name of a table, with ${stage} for the stage",
        "stock-${stage}-items",
    ),
    r"^([a-z0-9.-]|\$\{(stage|AWS::AccountId|AWS::Region)\}){3,63}$": (
        "the name of a bucket, with ${stage}, ${AWS::AccountId} and ${AWS::Region} for what differs",
        "documents-${stage}",
    ),
    r"^[A-Za-z0-9!_.'()/=-]*$": ("the beginning of keys, without * and ?", "incoming/"),
    r"^[a-z][a-z0-9_]{0,39}$": (
        "lower case letters, digits and underscores, a letter first, at most 40",
        "charge_card",
    ),
    r"^[A-Za-z_][A-Za-z0-9_.]*$": ("the name of an error: a Python class, or a service's own", "States.Timeout"),
    r"^\{%[\s\S]+%\}$": ("JSONata between {% and %}", "{% $record.body.total > 100 %}"),
    r"^[A-Za-z_][A-Za-z0-9_]*$": ("the name of a Python class", "TimeoutError"),
    r"^[A-Za-z0-9-]{1,100}$": ("letters, digits and dashes", "X-Signature"),
    r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$": ("names joined by dots", "VisibilityTimeout"),
    r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$": ("letters, digits, dots, dashes and underscores, at most 64", "warehouses"),
    r"^[A-Za-z0-9 _.:/=+@-]{1,128}$": ("1 to 128 characters that AWS takes in the key of a tag", "cost-center"),
    r"^[A-Za-z0-9 _.:/=+@-]{0,256}$": ("at most 256 characters that AWS takes in the value of a tag", "sales"),
}
"""What each pattern of the model asks for, and a text that has the form."""


def form_of(pattern: str) -> tuple[str, str]:
    """Return what a pattern asks for and the way out; the pattern itself where nobody has put it into words."""
    if pattern not in FORMS:
        return f"text of the form {pattern}", "change the text"
    words, example = FORMS[pattern]
    return words, f"write it like {example}"
