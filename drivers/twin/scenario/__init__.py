"""What happens in the simulated store: who comes, walks, reaches, takes, puts back and leaves. Seeded, no clock."""

from drivers.twin.scenario._bodies import body_names
from drivers.twin.scenario._conditions import Fault, FaultKind, Light, faults_of, light_of
from drivers.twin.scenario._errands import Side
from drivers.twin.scenario._file import ScenarioError, line_of, read_scenario
from drivers.twin.scenario._format import Scenario
from drivers.twin.scenario._goods import Goods, Item, MassSpread
from drivers.twin.scenario._mix import DECEPTIVE, Business
from drivers.twin.scenario._programme import Programme, Rehearsal, rehearse
from drivers.twin.scenario._scripted import Scripted
from drivers.twin.scenario._shopper import Hand, Phase, Reach, Shopper
from drivers.twin.scenario._trade import Trade
from drivers.twin.scenario._truth import Contact, Deed, Truth
from drivers.twin.scenario._world import STEP_S, World

__all__ = [
    "DECEPTIVE",
    "STEP_S",
    "Business",
    "Contact",
    "Deed",
    "Fault",
    "FaultKind",
    "Goods",
    "Hand",
    "Item",
    "Light",
    "MassSpread",
    "Phase",
    "Programme",
    "Reach",
    "Rehearsal",
    "Scenario",
    "ScenarioError",
    "Scripted",
    "Shopper",
    "Side",
    "Trade",
    "Truth",
    "World",
    "body_names",
    "faults_of",
    "light_of",
    "line_of",
    "read_scenario",
    "rehearse",
]
