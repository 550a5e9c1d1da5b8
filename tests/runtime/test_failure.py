"""What an exception of a handler means for its record."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from constructs_lib.drills.memory.faults import client_error
from functions.runtime import Permanent, Recoverable, Throttled
from functions.runtime.errors import ContractBreak
from functions.runtime.failure import Verdict, classify, of_contract, of_platform


class CrmDownError(Exception):
    pass


class CrmSlowError(CrmDownError):
    pass


@pytest.mark.parametrize(
    ("error", "verdict", "expected"),
    [
        (Recoverable("x"), Verdict.RETRY, True),
        (Permanent("x"), Verdict.GIVE_UP, True),
        (Throttled(), Verdict.SLOW_DOWN, True),
        (client_error("ThrottlingException"), Verdict.SLOW_DOWN, True),
        (client_error("AccessDenied"), Verdict.RETRY, False),
        (EndpointConnectionError(endpoint_url="http://localhost"), Verdict.RETRY, True),
        (TimeoutError(), Verdict.RETRY, True),
        (ConnectionResetError(), Verdict.RETRY, True),
        (CrmDownError(), Verdict.RETRY, True),
        (CrmSlowError(), Verdict.RETRY, True),
        (KeyError("x"), Verdict.RETRY, False),
    ],
)
def test_a_verdict_follows_from_the_class_and_the_declared_names(
    error: Exception, verdict: Verdict, expected: bool
) -> None:
    failure = classify(error, ("Recoverable", "CrmDownError"))
    assert (failure.verdict, failure.expected) == (verdict, expected)


def test_an_error_that_is_not_named_is_unexpected() -> None:
    assert classify(CrmDownError(), ("CrmDownError",)).expected
    assert not classify(CrmDownError(), ("Recoverable",)).expected


def test_the_type_is_the_services_own_code_where_a_service_answered() -> None:
    assert classify(client_error("SlowDown"), ()).error_type == "SlowDown"
    assert classify(KeyError("x"), ()).error_type == "KeyError"


def test_throttled_says_how_long_to_wait_and_never_less_than_nothing() -> None:
    assert classify(Throttled(retry_after=30), ()).retry_after == 30
    assert classify(Throttled(retry_after=-1), ()).retry_after == 0
    assert classify(Throttled("slow"), ()).message == "slow"


def test_a_step_of_the_platform_is_always_tried_again() -> None:
    failure = of_platform("landing", "NoSuchBucket")
    assert (failure.verdict, failure.error_type) == (Verdict.RETRY, "NoSuchBucket")


def test_a_break_of_the_contract_is_never_tried_again() -> None:
    failure = of_contract(ContractBreak("contract-broken", "body.a", "must be string"))
    assert (failure.verdict, failure.error_type) == (Verdict.GIVE_UP, "contract-broken")


class CrmBusy(Throttled):
    def __init__(self) -> None:
        Exception.__init__(self, "busy")


class CrmBroken(Throttled):
    def __getattribute__(self, name: str) -> Any:
        if name == "retry_after":
            raise KeyError(name)
        return super().__getattribute__(name)


class NoAnswerError(ClientError):
    def __init__(self, response: Any) -> None:
        Exception.__init__(self, "no answer in it")
        if response is not None:
            self.response = response


@pytest.mark.parametrize("error", [CrmBusy(), CrmBroken()])
def test_a_throttle_of_the_users_own_class_slows_down_although_it_holds_no_delay(error: Exception) -> None:
    failure = classify(error, ())
    assert (failure.verdict, failure.retry_after) == (Verdict.SLOW_DOWN, 0.0)


@pytest.mark.parametrize("response", [None, "text", {}, {"Error": None}, {"Error": {"Code": ""}}])
def test_an_aws_error_of_the_users_own_class_is_named_by_it_where_it_holds_no_answer(response: Any) -> None:
    failure = classify(NoAnswerError(response), ())
    assert (failure.verdict, failure.error_type) == (Verdict.RETRY, "NoAnswerError")
