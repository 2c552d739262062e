"""A supervised process's own side: it dies with its supervisor and shows that its loop turns."""

import contextlib
import ctypes
import os
import signal

SUPERVISOR_VARIABLE = "TILLFREE_SUPERVISOR"
HEARTBEAT_VARIABLE = "TILLFREE_HEARTBEAT_FD"

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Watched:
    """Make one at the start of a process; without a supervisor it does nothing."""

    def __init__(self) -> None:
        supervisor = os.environ.get(SUPERVISOR_VARIABLE)
        heartbeat = os.environ.get(HEARTBEAT_VARIABLE)
        self._fd = int(heartbeat) if heartbeat else -1
        if supervisor:
            _die_with(int(supervisor))

    def beat(self) -> None:
        """Say that the process's loop turns; the watchdog counts from the first beat on."""
        if self._fd >= 0:
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                os.write(self._fd, b".")


def _die_with(supervisor_pid: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != supervisor_pid:  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)
