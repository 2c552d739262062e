"""Where events go: to standard error, each with the role of the process it happened in."""

import sys

import structlog
from structlog.typing import EventDict, WrappedLogger


def log_as(role: str) -> None:
    """Say what this process is; its threads too. Standard output stays free for what a verb answers."""

    def with_role(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["role"] = role
        return event

    # Put there once, not bound: threads begin with an empty context.
    processors = [with_role, *structlog.get_config()["processors"]]
    structlog.configure(processors=processors, logger_factory=structlog.PrintLoggerFactory(sys.stderr))
