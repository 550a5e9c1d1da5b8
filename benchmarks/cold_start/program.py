"""Import one handler with the clients of its first batch, and print how many modules that took.

Usage: python benchmarks/cold_start/program.py ours|peer|empty
"""

import os
import sys


def main() -> None:
    """Start as Lambda would, which never tears an environment down; only ``os`` and ``sys`` are imported before."""
    if sys.argv[1] == "ours":
        module, _, function = os.environ["OUR_HANDLER"].rpartition(".")
        getattr(__import__(module, fromlist=[function]), function)
        from functions.runtime.aws_clients import client

        client("dynamodb")
        client("s3")
    elif sys.argv[1] == "peer":
        __import__("benchmarks.runtime.peer_handler")
    print(f'{{"modules": {len(sys.modules)}}}', flush=True)
    os._exit(0)


main()
