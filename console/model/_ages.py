"""Age checks asked for from here: what the engine would not note, and why."""

from engine.domain import Accepted, CheckAge, CommandId, CommandRequest, Refused, VisitId


class AgeDesk:
    """The last refusal about each visit, until it is asked again."""

    def __init__(self) -> None:
        self.refused: dict[VisitId, str] = {}
        self._asked: dict[CommandId, VisitId] = {}

    def send(self, request: CommandRequest) -> None:
        """Somebody here has looked at papers; nothing changes until the engine says so."""
        if isinstance(request.command, CheckAge):
            self._asked[request.command_id] = request.command.visit_id
            self.refused.pop(request.command.visit_id, None)

    def answer(self, reply: Accepted | Refused) -> None:
        """The engine answered."""
        visit_id = self._asked.pop(reply.command_id, None)
        if visit_id is not None and isinstance(reply, Refused):
            self.refused[visit_id] = reply.reason
