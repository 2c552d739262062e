"""The one ordered way into the core: senders in other processes, a ROUTER in the core's, a pure merger behind it."""

from engine.runtime.inbox._admission import Admission, Admitted
from engine.runtime.inbox._inbox import Inbox, Received
from engine.runtime.inbox._merger import Merger
from engine.runtime.inbox._messages import ShownView
from engine.runtime.inbox._sender import FactSender

__all__ = ["Admission", "Admitted", "FactSender", "Inbox", "Merger", "Received", "ShownView"]
