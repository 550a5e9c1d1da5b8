"""What happens to a pipeline, told once: the demo shows these stories and the tests assert them."""

from constructs_lib.local.stories.crash import CRASH
from constructs_lib.local.stories.delivery import BAD_SIGNATURE, GOOD_ORDER, SAME_ORDER_TWICE
from constructs_lib.local.stories.outage import RAW_STORE_DOWN
from constructs_lib.local.stories.permission import OWN_ROLE, STATEMENTS_GRANTED
from constructs_lib.local.stories.refusal import BROKEN_AMONG_TEN, BROKEN_CONTRACT, REFUSED_AMONG_TEN

STORIES = (
    GOOD_ORDER,
    SAME_ORDER_TWICE,
    BAD_SIGNATURE,
    BROKEN_CONTRACT,
    BROKEN_AMONG_TEN,
    REFUSED_AMONG_TEN,
    RAW_STORE_DOWN,
    CRASH,
    OWN_ROLE,
    STATEMENTS_GRANTED,
)
