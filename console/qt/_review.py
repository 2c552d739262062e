"""The review page: the queue by deadline, the evidence, and a decision by one key."""

from collections.abc import Callable
from time import monotonic_ns

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.language import N_, _, enumerated, listed, ngettext
from console.model import (
    NS_PER_S,
    OFFERED,
    Case,
    CaseClosed,
    CaseOpened,
    ConsoleModel,
    Decision,
    DecisionStage,
    Holding,
    LeasesChanged,
    Notice,
    Place,
    Reset,
    likeliest_first,
    put_elsewhere,
    words,
)
from console.qt._clip import ClipPlayer, clips_of
from console.qt._deciding import Deciding, Told
from console.qt._page import Page, label, panel, restyle, split
from console.qt._table import Cell, Column, KeyedView, Row
from console.qt._text import money
from console.qt._theme import Theme
from console.qt._weight import WeightCurve
from engine.domain import NOTHING_TAKEN, CannotTell, CaseCommand, CaseId, EscalateCase, ReopenCase, ResolveCase, Verdict

LOOK_FIRST_NS = 400_000_000
"""A decision key is ignored this long after another case came up: nobody can have seen it yet."""
_EVIDENCE_RETRY_NS = 3 * NS_PER_S
_URGENT_S = 30.0
_STAGE_WORDS = {
    DecisionStage.SENT: N_("sent, waiting for the engine"),
    DecisionStage.ACCEPTED: N_("accepted, taking effect"),
    DecisionStage.CLOSED: N_("done"),
    DecisionStage.TAKEN_BACK: N_("taken back"),
}


class ReviewPage(Page):
    """Emits ``decided`` (a command about a case), ``evidence_wanted`` (case id) and ``holding`` (case id or None).

    The cart follows by facts only.
    """

    name = Place.REVIEW
    listens = (CaseOpened, CaseClosed, LeasesChanged)
    decided = Signal(object)
    evidence_wanted = Signal(str)
    holding = Signal(object)

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__(model, theme)
        self.case_id: CaseId | None = None
        self._since_ns = self._at_ns = 0
        self._returning: CaseId | None = None
        self._hold, self._by_hand, self._filling = Holding(), False, False
        self._asked_ns: dict[CaseId, int] = {}
        self._excuses: dict[CaseId, str] = {}
        self._evidence_shown: object = None
        columns = (Column(N_("Within")), Column(N_("Case"), stretch=True), Column(N_("At risk"), number=True))
        self.queue = KeyedView(_("Cases waiting"), columns, theme)
        self.log = KeyedView(_("Last decisions"), (Column(N_("Decision"), stretch=True), Column("")), theme)
        self.log.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.headline, self.about = label("", "headline"), label("", "quiet")
        self.player = ClipPlayer(model, theme)
        self.curve = WeightCurve(theme)
        self.deciding = Deciding(model, theme)
        self.tally = label("", "quiet")
        self._lay_out()
        self._shortcuts = [self._shortcut(key, act) for key, act in self._keys()]
        self.queue.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.deciding.decided.connect(self._resolve)
        self.deciding.passed_on.connect(self._pass_on)
        self.deciding.typing.connect(self._type)
        self.setFocusProxy(self.queue)

    def take(self, notice: Notice) -> None:
        """A snapshot forgets the evidence: ask again."""
        if isinstance(notice, Reset):
            self._hold.forget()
            self._asked_ns.clear()
            self._excuses.clear()
            self._evidence_shown = None
        super().take(notice)

    def evidence_missing(self, case_id: CaseId, reason: str) -> None:
        """The evidence could not be had; it is asked for again while the case is shown."""
        self._excuses[case_id] = _("No clip: {reason}", reason=reason)
        self.mark()

    def tick(self, at_ns: int) -> None:
        """The clip moves with the timer, the rest when it changed."""
        self._at_ns = at_ns
        super().tick(at_ns)
        self.player.tick(at_ns)
        case = self._case()
        if case is not None:
            self.curve.show_instant((self.player.instant_ns - case.asked.start_ns) / NS_PER_S)

    def needs_person(self) -> int:
        """Cases that wait for whoever sits here."""
        return len(self.model.review.for_us())

    def refresh(self, at_ns: int) -> None:
        """The queue, the decisions, the case that is shown."""
        self._at_ns = at_ns
        now_ns = self.model.clock.engine_ns(at_ns)
        self._filling = True  # a row that goes moves the selection: nobody chose that
        self.queue.show_rows([self._queue_row(case, now_ns) for case in self.model.review.ordered()])
        self._filling = False
        self.log.show_rows([self._log_row(decision) for decision in reversed(self.model.review.decisions)])
        returned = next((case for case in self.model.review.free() if case.case_id == self._returning), None)
        if returned is not None:  # whoever took a decision back wants to decide that case
            self._returning = None
            self._choose(returned.case_id)
            self.queue.select(returned.case_id)
        elif self.case_id not in self.model.review.cases or (self._taken_by() and not self._by_hand):
            self._go_on()
        self.tally.setText(words.tally(self.model.review.tally))
        self._show_case(self._case(), now_ns)

    def want_evidence(self, at_ns: int) -> None:
        """Ask for the evidence of the case shown and of the next two before anybody waits for it."""
        wanted = [self.case_id, *(case.case_id for case in self.model.review.free()[:2])]
        for case_id in dict.fromkeys(wanted):
            if case_id is None or case_id in self.model.review.evidence:
                continue
            asked_ns = self._asked_ns.get(case_id)
            if asked_ns is None or (case_id in self._excuses and at_ns - asked_ns > _EVIDENCE_RETRY_NS):
                self._asked_ns[case_id] = at_ns
                self.evidence_wanted.emit(case_id)

    def keep_hold(self, at_ns: int) -> None:
        """Say which case is shown, to whom it belongs then; none while nobody is here."""
        shown = self.case_id if self.isVisible() and not self._hold.is_idle(at_ns) else None
        if self._hold.is_due(shown, lease_s=self.model.store.policy.review_lease_s, at_ns=at_ns):
            self.holding.emit(shown)

    def ready(self) -> bool:
        """Whether a decision key counts now: the case is ours, and somebody can have looked at it."""
        ours = self.case_id is not None and self.model.review.is_ours(self.case_id)
        return ours and self._at_ns - self._since_ns >= LOOK_FIRST_NS

    def showEvent(self, event: QShowEvent) -> None:
        """Who turns to the page is here."""
        self._hold.touch(monotonic_ns())
        super().showEvent(event)

    def _taken_by(self) -> str:
        return "" if self.case_id is None else self.model.review.held_by(self.case_id)

    def _case(self) -> Case | None:
        return None if self.case_id is None else self.model.review.cases.get(self.case_id)

    # --- deciding ---------------------------------------------------------------------------------------------

    def _say(self, command: CaseCommand) -> None:
        self.decided.emit(command)
        self._go_on()
        self.mark()

    def _answer(self, command: ResolveCase | CannotTell) -> None:
        case = self._case()
        if case is not None and self.ready():
            likeliest = next((held.verdict for held in likeliest_first(case)), None)
            as_suggested = isinstance(command, ResolveCase) and command.verdict == likeliest
            self.model.review.tally.answer(lead_ns=self._at_ns - self._since_ns, as_suggested=as_suggested)
            self._say(command)

    def _resolve(self, verdict: Verdict | None) -> None:
        if self.case_id is not None and verdict is not None:
            self._answer(ResolveCase(case_id=self.case_id, verdict=verdict))

    def _leave(self) -> None:
        if self.case_id is not None:
            self._answer(CannotTell(case_id=self.case_id))

    def _put_elsewhere(self) -> None:
        case = self._case()
        self._resolve(None if case is None else put_elsewhere(case))

    def _pass_on(self, note: str) -> None:
        if self.case_id is not None and self.ready():
            self.model.review.tally.pass_on()
            self._say(EscalateCase(case_id=self.case_id, note=note))

    def _undo(self) -> None:
        last = self.model.review.last_standing()
        if last is not None:
            self._returning = last.case_id
            self.decided.emit(ReopenCase(case_id=last.case_id))
            self.mark()

    def _go_on(self) -> None:
        """To the most urgent case that nobody has answered or looks at, or stay without one."""
        free = self.model.review.free()
        self._choose(free[0].case_id if free else None)
        self._by_hand = False
        if self.case_id is not None:
            self.queue.select(self.case_id)
        else:
            self.queue.clearSelection()

    def _choose(self, case_id: CaseId | None) -> None:
        if case_id != self.case_id:
            self.case_id, self._since_ns = case_id, self._at_ns
            self._evidence_shown = None
            self.deciding.back()
            self.mark()

    def _row_chosen(self) -> None:
        key = self.queue.selected_key()
        if key in self.model.review.cases and key != self.case_id and not self._filling:
            self._hold.touch(monotonic_ns())
            self._by_hand = True
            self._choose(CaseId(str(key)))

    def _type(self, typing: bool) -> None:
        for shortcut in self._shortcuts:
            shortcut.setEnabled(not typing)
        if not typing:
            self.queue.setFocus()

    # --- showing ----------------------------------------------------------------------------------------------

    def _queue_row(self, case: Case, now_ns: int) -> Row:
        slack_s = case.slack_s(now_ns)
        answered = self.model.review.is_answered(case.case_id)
        ink = "quiet" if answered else "warn" if slack_s < _URGENT_S else "ink"
        within = words.age(max(slack_s, 1.0)) if slack_s > 0 else _("policy decides")
        within = _("answered") if answered else within
        holder = self.model.review.held_by(case.case_id)
        if holder and not answered:
            within, ink = _("{who} has it", who=holder), "quiet"
        what = f"{words.question(case.asked)}  {case.asked.shelf_id}"
        if case.asked.escalation is not None:
            what = _("{case}  passed on by {who}", case=what, who=case.asked.escalation.by)
        at_risk = money(case.at_risk_minor, self.model.store.currency)
        cells = (Cell(within, ink, bold=ink == "warn"), Cell(what, ink), Cell(at_risk, "quiet"))
        return Row(case.case_id, cells, spoken=enumerated([what, within]))

    def _log_row(self, decision: Decision) -> Row:
        text = words.decision(decision.said, self.model.state)
        refused = decision.stage is DecisionStage.REFUSED
        stage = _stage(decision) if refused or not decision.note else decision.note
        return Row(decision.command_id, (Cell(text, "quiet"), Cell(stage, "alarm" if refused else "quiet")))

    def _show_case(self, case: Case | None, now_ns: int) -> None:
        if case is None:
            self.headline.setText(_("Nothing waits for you"))
            self.about.setText(self._under_way())
            self.deciding.show_case(None)
            self.deciding.answer.setText("")
            self._show_evidence(None)
            return
        asked = case.asked
        self.headline.setText(words.question(asked))
        slack_s = case.slack_s(now_ns)
        left = _("{age} left", age=words.age(slack_s)) if slack_s >= 1 else _("the store's policy decides now")
        moved = enumerated([words.movement(asked), self._places(case)])
        about = listed([said for said in (moved, left, self._holder()) if said])
        self.about.setText(f"{words.escalated(asked)}\n{about}" if asked.escalation else about)
        self.deciding.show_case(case)
        self._show_answer(case)
        self._show_evidence(case)

    def _under_way(self) -> str:
        """What becomes of the cases that are open still."""
        waiting, ours = len(self.model.review.waiting()), len(self.model.review.for_us())
        answered = len(self.model.review.cases) - waiting
        said = []
        if answered:
            said.append(
                ngettext(
                    "{count} answered, waiting for the engine", "{count} answered, waiting for the engine", answered
                )
            )
        if ours:
            said.append(ngettext("{count} with others", "{count} with others", ours))
        if waiting - ours:
            said.append(ngettext("{count} passed on to others", "{count} passed on to others", waiting - ours))
        return enumerated(said)

    def _holder(self) -> str:
        if self._taken_by():
            return _("{who} has it", who=self._taken_by())
        return _("free for others: any key takes it up again") if self._hold.is_idle(self._at_ns) else ""

    def _places(self, case: Case) -> str:
        planned = (self.model.store.facing_of_plate.get(plate_id) for plate_id in case.asked.plate_ids)
        names = dict.fromkeys(self.model.state.product_name(facing.sku_id) for facing in planned if facing)
        return _("place of {products}", products=enumerated(list(names))) if names else _("no planned product")

    def _show_answer(self, case: Case) -> None:
        given = [decision for decision in self.model.review.decisions if decision.case_id == case.case_id]
        if not given:
            self.deciding.answer.setText("")
            return
        last = given[-1]
        refused = last.stage is DecisionStage.REFUSED
        said = words.decision(last.said, self.model.state)
        self.deciding.answer.setText(_("{decision}: {stage}", decision=said, stage=_stage(last)))
        restyle(self.deciding.answer, "alarm" if refused else "quiet")

    def _show_evidence(self, case: Case | None) -> None:
        evidence = None if case is None else self.model.review.evidence.get(case.case_id)
        excuse = "" if case is None else self._excuses.get(case.case_id, _("Fetching the clip…"))
        shown = (None if case is None else case.case_id, id(evidence), excuse)
        if shown == self._evidence_shown:
            return
        self._evidence_shown = shown
        if case is None or evidence is None:
            self.player.show_clips([], (), excuse=excuse)
            self.curve.show_steps((), origin_ns=0, expected_g=None)
            return
        shelf = self.model.store.shelf_by_id.get(case.asked.shelf_id)
        clips = clips_of(evidence, self.model.store.camera_by_id, None if shelf is None else shelf.gondola_id)
        self.player.show_clips(clips, evidence.floor, excuse=_("No camera saw this"))
        self.curve.show_steps(evidence.steps, origin_ns=case.asked.start_ns, expected_g=self._expected_g(case))

    def _expected_g(self, case: Case) -> float | None:
        best = likeliest_first(case)[0].verdict if case.asked.hypotheses else NOTHING_TAKEN
        product = None if best.sku_id is None else self.model.store.product_by_sku.get(best.sku_id)
        return None if product is None else -best.quantity * product.unit_mass_g

    # --- building ---------------------------------------------------------------------------------------------

    def _keys(self) -> list[tuple[str, Callable[[], None]]]:
        keys: list[tuple[str, Callable[[], None]]] = [
            ("Return", lambda: self.deciding.accept(0)),
            ("Enter", lambda: self.deciding.accept(0)),
            ("O", lambda: self.deciding.turn(Told.BY_OTHERS)),
            ("Q", lambda: self.deciding.turn(Told.IN_OTHER_UNITS)),
            ("Escape", self.deciding.back),
            ("P", self._put_elsewhere),
            ("N", lambda: self._resolve(NOTHING_TAKEN)),
            ("U", self._leave),
            ("E", self.deciding.pass_on),
            ("Backspace", self._undo),
            ("Ctrl+Z", self._undo),
            ("S", self.deciding.correct),
            ("Space", self.player.toggle),
            ("Left", lambda: self.player.step(-1)),
            ("Right", lambda: self.player.step(1)),
        ]
        return keys + [(str(place + 1), lambda place=place: self.deciding.accept(place)) for place in range(OFFERED)]

    def _shortcut(self, key: str, act: Callable[[], None]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.setAutoRepeat(key in ("Left", "Right"))
        shortcut.activated.connect(lambda: self._hold.touch(monotonic_ns()))
        shortcut.activated.connect(act)
        return shortcut

    def _lay_out(self) -> None:
        self.tally.setContentsMargins(10, 0, 10, 8)
        cases, decisions = panel(_("Cases"), self.queue), panel(_("Last decisions"), self.log, self.tally)
        left = split("review-left", Qt.Orientation.Vertical, cases, decisions, sizes=(420, 240))
        weight, happened = panel(_("Weight"), self.curve), panel(_("What happened"), self.deciding)
        lower = split("review-lower", Qt.Orientation.Horizontal, weight, happened, sizes=(360, 560))
        right = split("review-right", Qt.Orientation.Vertical, self._evidence_panel(), lower, sizes=(290, 380))
        self.fill(split("review", Qt.Orientation.Horizontal, left, right, sizes=(330, 900)))

    def _evidence_panel(self) -> QWidget:
        self.headline.setContentsMargins(10, 0, 10, 0)
        self.about.setContentsMargins(10, 0, 10, 4)
        made = panel("", self.headline, self.about, self.player)
        box = made.layout()
        if isinstance(box, QVBoxLayout):
            box.setSpacing(2)
            box.setStretchFactor(self.player, 1)
        return made


def _stage(decision: Decision) -> str:
    """How far it is, and why if it was refused."""
    if decision.stage is DecisionStage.REFUSED:
        return _("refused: {reason}", reason=decision.note)
    return _(_STAGE_WORDS[decision.stage])
