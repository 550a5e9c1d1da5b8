"""What a handler imports: the decorator, the run it is given, and the errors it may raise."""

from functions.runtime.errors import Permanent, Recoverable, Throttled
from functions.runtime.run import Run
from functions.runtime.runner import runner

__all__ = ["Permanent", "Recoverable", "Run", "Throttled", "runner"]
