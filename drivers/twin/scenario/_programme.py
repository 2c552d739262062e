"""What the twin plays, as the command line gives it: processes told the same programme hold the same world."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path

from drivers.twin.scenario._conditions import Fault, Light, faults_of, light_of
from drivers.twin.scenario._file import ScenarioError, line_of, read_scenario
from drivers.twin.scenario._format import Scenario
from drivers.twin.scenario._goods import AS_ASSUMED, MassSpread
from drivers.twin.scenario._scripted import Scripted
from drivers.twin.scenario._trade import Trade
from drivers.twin.scenario._world import World
from engine.domain import Store

_SHOPPERS = 3
_SECONDS = 180.0
_CHUNK_S = 1.0
_STANDSTILL_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Programme:
    """A scenario's file or, without one, a random trade of ``shoppers`` at a time for ``seconds``."""

    seed: int = 1
    scenario: Path | None = None
    shoppers: int = _SHOPPERS
    seconds: float = _SECONDS

    @classmethod
    def declare(cls, parser: ArgumentParser) -> None:
        """Add the arguments that ``of`` reads and ``arguments`` writes."""
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--scenario", type=Path, help="file that says who comes and what they do")
        parser.add_argument("--shoppers", type=int, help=f"how many shop at a time, else {_SHOPPERS}")
        parser.add_argument("--seconds", type=float, help=f"length of the shopping, else {_SECONDS:.0f}")

    @classmethod
    def of(cls, parser: ArgumentParser, chosen: Namespace) -> "Programme":
        """The programme of parsed arguments; the parser refuses those that a scenario leaves without effect."""
        if chosen.scenario is None:
            shoppers = _SHOPPERS if chosen.shoppers is None else chosen.shoppers
            seconds = _SECONDS if chosen.seconds is None else chosen.seconds
            return cls(seed=chosen.seed, shoppers=shoppers, seconds=seconds)
        if chosen.shoppers is not None or chosen.seconds is not None:
            parser.error("a scenario says itself who comes and for how long: drop --shoppers and --seconds")
        return cls(seed=chosen.seed, scenario=chosen.scenario)

    def arguments(self) -> list[str]:
        """The programme as arguments for another process."""
        if self.scenario is not None:
            return ["--seed", str(self.seed), "--scenario", str(self.scenario)]
        return ["--seed", str(self.seed), "--shoppers", str(self.shoppers), "--seconds", str(self.seconds)]

    def world(self, store: Store, spread: MassSpread = AS_ASSUMED) -> World:
        """The world before its first step. Raises ``ScenarioError``."""
        if self.scenario is None:
            return World(store, seed=self.seed, play=Trade(shoppers=self.shoppers, seconds=self.seconds), spread=spread)
        play = _play(read_scenario(self.scenario, store), seed=self.seed)
        return World(store, seed=self.seed, play=play, spread=spread)

    def faults(self, store: Store) -> tuple[Fault, ...]:
        """What goes wrong with the devices meanwhile; nothing in a random trade. Raises ``ScenarioError``."""
        if self.scenario is None:
            return ()
        return faults_of(read_scenario(self.scenario, store).fault, seed=self.seed)

    def light(self, store: Store) -> Light:
        """The light meanwhile; always the same in a random trade. Raises ``ScenarioError``."""
        if self.scenario is None:
            return Light()
        return light_of(read_scenario(self.scenario, store).light, seed=self.seed)


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A scenario lived through at once: the world at its end and the shoppers' names by number."""

    world: World
    names: tuple[str, ...]


def rehearse(file: Path, store: Store, *, seed: int) -> Rehearsal:
    """Live a scenario through without devices. Raises ``ScenarioError``, also where somebody waits for ever."""
    play = _play(read_scenario(file, store), seed=seed)
    world = World(store, seed=seed, play=play)
    still_s = 0.0
    while not world.over and world.t_s < play.longest_s and still_s < _STANDSTILL_S:
        world.advance(world.t_s + _CHUNK_S)
        idle = all(shopper.idle for shopper in world.shoppers)
        still_s = still_s + _CHUNK_S if idle and world.t_s > play.latest_s else 0.0
    if world.shoppers:
        flaw = play.standstill(world.shoppers)
        raise ScenarioError(file, line_of(file.read_text(encoding="utf-8"), flaw.where), flaw)
    return Rehearsal(world=world, names=tuple(play.name(number) for number in range(play.admitted)))


def _play(scenario: Scenario, *, seed: int) -> Scripted:
    return Scripted(scenario, seed=seed, trade=None if scenario.trade is None else Trade(scenario.trade))
