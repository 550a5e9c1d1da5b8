"""What happens to pipelines, told once: the demo shows these stories and the tests assert them."""

from constructs_lib.local.stories.archiving import ARCHIVED, SEALED
from constructs_lib.local.stories.crash import CRASH
from constructs_lib.local.stories.delivery import BAD_SIGNATURE, GOOD_ORDER, SAME_ORDER_TWICE
from constructs_lib.local.stories.neighbours import DAY_CONSOLIDATED, PARTNER_ORDER, SAME_QUOTE_TWICE
from constructs_lib.local.stories.outage import RAW_STORE_DOWN
from constructs_lib.local.stories.permission import OWN_ROLE, STATEMENTS_GRANTED
from constructs_lib.local.stories.reconciling import EXPLAINED, LOST_MESSAGE
from constructs_lib.local.stories.refusal import BROKEN_AMONG_TEN, BROKEN_CONTRACT, REFUSED_AMONG_TEN
from constructs_lib.local.stories.run_view import RUN_VIEW
from constructs_lib.local.stories.tampering import TAMPERED

RECORDS = (
    GOOD_ORDER,
    SAME_ORDER_TWICE,
    BAD_SIGNATURE,
    BROKEN_CONTRACT,
    BROKEN_AMONG_TEN,
    REFUSED_AMONG_TEN,
    RAW_STORE_DOWN,
    RUN_VIEW,
    SAME_QUOTE_TWICE,
    DAY_CONSOLIDATED,
    PARTNER_ORDER,
    CRASH,
    OWN_ROLE,
    STATEMENTS_GRANTED,
)
"""What happens to records."""
PROOFS = (ARCHIVED, SEALED, TAMPERED, EXPLAINED, LOST_MESSAGE)
"""What the evidence of it proves; each builds on the one before."""
STORIES = (*RECORDS, *PROOFS)
