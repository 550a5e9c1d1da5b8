"""Somebody else's API under its own name, on this machine: TLS with a certificate that only local functions trust."""

from __future__ import annotations

import json
import ssl
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.local.stub_api import Answering, StubApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local.emulator import Emulator

_MAKE = Path(__file__).with_name("_certificate.py")


@contextmanager
def stand_in(emulator: Emulator, host: str, answer: Answering) -> Iterator[StubApi]:
    """Answer for a host while the context is open; functions that an output of type http sends to it reach this."""
    folder = emulator.folder
    subprocess.run([str(emulator.program.with_name("python")), str(_MAKE), host, str(folder)], check=True, timeout=60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{host}.pem")
    with StubApi(answer, tls=context) as api:
        known = json.loads(emulator.stand_ins.read_text()) if emulator.stand_ins.is_file() else {}
        known[host] = {"port": api.port, "ca": str(folder / f"{host}.ca.pem")}
        emulator.stand_ins.write_text(json.dumps(known))
        yield api
