"""The codes by which the engine says what is the matter, and the words for them."""

from console.language import N_
from engine.domain import BY_LATER_FACTS, BY_POLICY, Role

_FAULTS = {
    "adc_range": N_("converter out of range"),
    "blurred": N_("blurred"),
    "bright": N_("too bright"),
    "covered": N_("covered"),
    "dark": N_("too dark"),
    "dead": N_("dead"),
    "device_fault": N_("device fault"),
    "drifted": N_("drifted"),
    "frozen": N_("frozen"),
    "garbled": N_("garbled"),
    "invalid": N_("invalid reading"),
    "late": N_("late"),
    "main_stream": N_("main stream"),
    "moved": N_("moved"),
    "no_cell": N_("no cell"),
    "noisy": N_("noisy"),
    "not_weighing": N_("not weighing"),
    "overload": N_("overload"),
    "overloaded": N_("overloaded"),
    "refused": N_("refuses"),
    "shape": N_("wrong shape"),
    "short_answer": N_("short answer"),
    "silent": N_("silent"),
    "slow": N_("slow"),
    "small": N_("picture too small"),
    "stale": N_("stale"),
    "stuck": N_("stuck"),
    "supply": N_("supply"),
    "swapped": N_("swapped"),
    "underload": N_("underload"),
    "unknown_unit": N_("unknown unit"),
    "unreachable": N_("unreachable"),
}
_DROPS = {"above rate": N_("above rate"), "broken": N_("broken"), "busy": N_("busy"), "idle": N_("idle")}
_PROCESSES = {"running": N_("running"), "waiting to start again": N_("waiting to start again")}
_KEPT = {
    "evidence": N_("evidence"),
    "checkpoints": N_("checkpoints"),
    "journal": N_("journal"),
    "ledger": N_("ledger"),
}
_ROLES: dict[str, str] = {
    Role.VIEWER: N_("viewer"),
    Role.REVIEWER: N_("reviewer"),
    Role.TECHNICIAN: N_("technician"),
    Role.MANAGER: N_("manager"),
}

CODES: dict[str, str] = {**_FAULTS, **_DROPS, **_PROCESSES, **_KEPT, **_ROLES}
"""Of devices, processes, files and roles. All words here are marked, not looked up."""
DECIDERS = {BY_POLICY: N_("policy"), BY_LATER_FACTS: N_("later facts")}
"""Who decides a case when no person does."""
DESCRIBED = {"somebody": N_("somebody"), "things": N_("things"), "unexplained": N_("unexplained")}
"""What stands beside ids in the engine's short descriptions."""
