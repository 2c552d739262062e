"""Events of several processes in one log can be told apart, and never mix with a verb's answer."""

import subprocess
import sys

LOG = """
import threading, structlog
from engine.runtime.logs import log_as
log = structlog.get_logger()
log_as("shelves")
log.warning("here", bay=1)
thread = threading.Thread(target=log.warning, args=["there"])
thread.start()
thread.join()
"""


def test_events_go_to_standard_error_with_the_role() -> None:
    done = subprocess.run([sys.executable, "-c", LOG], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == ""
    here, there = done.stderr.splitlines()
    assert "here" in here
    assert "bay=1" in here
    assert "there" in there
    assert "role=shelves" in here
    assert "role=shelves" in there
