"""What was asked and said about the age of those who pay."""

import msgspec

from engine.domain import AgeChecked, AgeCheckNeeded, VisitId


class Ages(msgspec.Struct, kw_only=True):
    """By visit: the age check that somebody is asked for, and those made, in that order."""

    needed: dict[VisitId, AgeCheckNeeded] = {}
    checked: dict[VisitId, list[AgeChecked]] = {}

    def forget(self, visit_id: VisitId) -> None:
        """The visit is over."""
        self.needed.pop(visit_id, None)
        self.checked.pop(visit_id, None)
