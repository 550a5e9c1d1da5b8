"""What a rule of AWS IoT selects beside the payload, so that a record can tell where it came from."""

from __future__ import annotations

TOLD = {
    "pipeline_topic": ("topic", "topic()"),
    "pipeline_client": ("client_id", "clientid()"),
    "pipeline_time": ("received_at", "timestamp()"),
}
"""The rule's name for it, the record's under ``iot``, and the function of the rule's language that tells it."""
PAYLOAD = "pipeline_payload"
"""The rule's name for the payload in base64: what is no JSON reaches the queue so, too."""
