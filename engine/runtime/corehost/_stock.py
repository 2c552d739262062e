"""What the books of a store show, read from its newest checkpoint; nothing is written, and an engine may run."""

from engine.domain import StockView
from engine.runtime.checkpoints import Checkpoints
from engine.runtime.corehost._conductor import Conductor, CoreType
from engine.store import StoreFolder, StoreFolderError

_REMEDY = "Let `tillfree engine` run on this store; it writes one every two minutes and when it ends"


def stock_of(folder: StoreFolder, core_type: CoreType) -> StockView:
    """The stock as of the newest checkpoint. Raises ``StoreFolderError`` when there is none to read."""
    checkpoint = Checkpoints(folder.checkpoint_dir).newest()
    if checkpoint is None:
        raise StoreFolderError(folder.checkpoint_dir, key="checkpoint", problem="there is none", remedy=_REMEDY)
    try:
        return Conductor.restore(core_type, folder.store, checkpoint).core.stock(0)
    except ValueError as error:
        raise StoreFolderError(folder.checkpoint_dir, key="checkpoint", problem=str(error), remedy=_REMEDY) from error
