"""What was asked about receipts from here, and what the engine made of it."""

from dataclasses import dataclass, replace

from engine.domain import (
    Accepted,
    CommandId,
    CommandRequest,
    LaterFact,
    OutputFact,
    ReceiptCommand,
    ReceiptId,
    Refused,
)


@dataclass(frozen=True)
class Request:
    """A command about a receipt, sent from here. ``refused`` is the engine's reason not to do it."""

    command_id: CommandId
    command: ReceiptCommand
    refused: str = ""


class ReceiptDesk:
    """The last request about each receipt, until a fact about that receipt follows."""

    def __init__(self) -> None:
        self.requests: dict[ReceiptId, Request] = {}

    def send(self, request: CommandRequest) -> None:
        """Somebody here asks; nothing changes until the engine's fact says so."""
        if isinstance(request.command, ReceiptCommand):
            self.requests[request.command.receipt_id] = Request(request.command_id, request.command)

    def answer(self, reply: Accepted | Refused) -> None:
        """The engine answered."""
        for receipt_id, request in self.requests.items():
            if request.command_id == reply.command_id and isinstance(reply, Refused):
                self.requests[receipt_id] = replace(request, refused=reply.reason)

    def apply(self, fact: OutputFact) -> None:
        """What is told of a receipt answers what was asked of it."""
        if isinstance(fact, LaterFact):
            self.requests.pop(fact.receipt_id, None)
