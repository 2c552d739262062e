"""What units weigh: by the catalogue, by what was learned of a product here, and by what the scales said of these.

A product's mean is known to about one per cent, and its units differ; but a unit that was weighed when it was
taken weighs the same when it is put down. That tells products of nearly equal weight apart.
"""

import math

import msgspec

from engine.domain import SkuId, Store, UnitMassProposal

_CATALOGUE_SHARE, _CATALOGUE_MG = 0.01, 1000
"""How far a product's mean lies from its catalogue's mass (standard deviation): in proportion, and by rounding."""
_UNIT_SHARE, _UNIT_MG = 0.007, 1000
"""How far a unit lies from its product's mean. Directive 76/211/EEC, Annex I, 2.4 tolerates 3 % too little from 300
to 500 g, 1.5 % above, in one package of forty; fillers keep well within it, packaging adds."""

_TALLIED, _ENOUGH, _SURE_SIGMAS = 400, 5, 3


class Mass(msgspec.Struct, frozen=True):
    """A mass in mg, never negative, and the variance it is known with."""

    mean_mg: int
    variance_mg2: int

    def measured(self, mass_mg: float, variance_mg2: float) -> "Mass":
        """What is known after an independent measurement."""
        gain = self.variance_mg2 / (self.variance_mg2 + variance_mg2)
        mean_mg = self.mean_mg + gain * (mass_mg - self.mean_mg)
        return Mass(max(0, round(mean_mg)), max(1, round((1 - gain) * self.variance_mg2)))


class Lot(msgspec.Struct, frozen=True):
    """Units of one product and what they weigh together; signed, so that whatever was added can be taken out again."""

    units: int = 0
    mass_mg: int = 0
    variance_mg2: int = 0

    def plus(self, units: int, mass: Mass) -> "Lot":
        """With ``units`` more (fewer when negative) that weigh ``mass`` in all; an empty lot remembers nothing."""
        if self.units + units == 0:
            return Lot()
        sign = 1 if units > 0 else -1
        return Lot(
            self.units + units,
            self.mass_mg + sign * mass.mean_mg,
            self.variance_mg2 + sign * mass.variance_mg2,
        )

    def merged(self, other: "Lot") -> "Lot":
        """Both together."""
        return Lot(self.units + other.units, self.mass_mg + other.mass_mg, self.variance_mg2 + other.variance_mg2)


class Tally(msgspec.Struct, frozen=True):
    """Units of one product that were on the scales one by one, without regard to the catalogue."""

    units: int = 0
    sum_mg: int = 0
    sum_mg2: int = 0

    def plus(self, mass_mg: int) -> "Tally":
        """With one more; so that a new recipe or package shows, the old ones count for less and less."""
        kept = self if self.units < _TALLIED else Tally(self.units // 2, self.sum_mg // 2, self.sum_mg2 // 2)
        return Tally(kept.units + 1, kept.sum_mg + mass_mg, kept.sum_mg2 + mass_mg**2)

    def minus(self, mass_mg: int) -> "Tally":
        """Without one that was not what it was taken for."""
        return Tally(self.units - 1, self.sum_mg - mass_mg, self.sum_mg2 - mass_mg**2)

    @property
    def mean_mg(self) -> int:
        """The mean."""
        return round(self.sum_mg / self.units)

    @property
    def spread_mg2(self) -> float:
        """The variance of single units, as they were weighed."""
        return max(0.0, (self.sum_mg2 - self.sum_mg**2 / self.units) / max(1, self.units - 1))


class Masses(msgspec.Struct, kw_only=True):
    """The mean mass of a unit of each product, as far as trade has taught more than the catalogue.

    ``learned`` begins at the catalogue and serves decisions; ``tallies`` are what the scales alone say of it.
    """

    learned: dict[SkuId, Mass] = {}
    tallies: dict[SkuId, Tally] = {}

    def mean(self, store: Store, sku_id: SkuId) -> Mass:
        """The mean of a product's units."""
        known = self.learned.get(sku_id)
        if known is not None:
            return known
        return _by_catalogue(store, sku_id)

    def units(self, store: Store, sku_id: SkuId, count: int) -> Mass:
        """``count`` units of a product that nobody has weighed."""
        mean = self.mean(store, sku_id)
        variance_mg2 = count**2 * mean.variance_mg2 + count * _unit_variance_mg2(mean)
        return Mass(count * mean.mean_mg, round(variance_mg2))

    def out_of(self, store: Store, sku_id: SkuId, lot: Lot, *, count: int) -> Mass:
        """``count`` units, any of a lot that was weighed; of units beyond the lot nothing is known."""
        if count > lot.units:
            return self.units(store, sku_id, count)
        share = count / lot.units
        left = lot.units - count
        drawn_mg2 = count * left / (lot.units - 1) * _unit_variance_mg2(self.mean(store, sku_id)) if left else 0.0
        known_mg2 = share**2 * max(lot.variance_mg2, lot.units)
        return Mass(max(0, round(share * lot.mass_mg)), round(drawn_mg2 + known_mg2))

    def learn(self, store: Store, sku_id: SkuId, *, units: int, weighed: Mass) -> None:
        """``units`` of a product were on the scales; each draws the mean as far as it tells."""
        mean = self.mean(store, sku_id)
        spread_mg2 = _unit_variance_mg2(mean) / units + weighed.variance_mg2 / units**2
        self.learned[sku_id] = mean.measured(weighed.mean_mg / units, spread_mg2)
        if units == 1:
            self.weigh(sku_id, weighed.mean_mg)

    def weigh(self, sku_id: SkuId, mass_mg: int, *, undo: bool = False) -> None:
        """A single unit was on the scales, beyond doubt; or, undone, it was not."""
        known = self.tallies.get(sku_id, Tally())
        tally = known.minus(mass_mg) if undo else known.plus(mass_mg)
        self.tallies[sku_id] = tally
        if tally.units <= 0:
            del self.tallies[sku_id]

    def proposals(self, store: Store) -> tuple[UnitMassProposal, ...]:
        """The products whose catalogue is surely wrong by more than a catalogue is expected to be."""
        found: list[UnitMassProposal] = []
        for sku_id, tally in sorted(self.tallies.items()):
            if sku_id not in store.product_by_sku or tally.units < _ENOUGH:
                continue
            catalogue = _by_catalogue(store, sku_id)
            mean = Mass(tally.mean_mg, 0)
            sigma_mg = math.sqrt(max(tally.spread_mg2, _unit_variance_mg2(mean)) / tally.units)
            off_mg = abs(tally.mean_mg - catalogue.mean_mg)
            if off_mg > math.sqrt(catalogue.variance_mg2) + _SURE_SIGMAS * sigma_mg:
                proposal = UnitMassProposal(
                    sku_id=sku_id,
                    catalogue_mg=catalogue.mean_mg,
                    learned_mg=tally.mean_mg,
                    sigma_mg=round(sigma_mg),
                    units=tally.units,
                )
                found.append(proposal)
        return tuple(found)


def _by_catalogue(store: Store, sku_id: SkuId) -> Mass:
    mass_mg = 1000 * store.product_by_sku[sku_id].unit_mass_g
    return Mass(round(mass_mg), round((_CATALOGUE_SHARE * mass_mg) ** 2 + _CATALOGUE_MG**2))


def _unit_variance_mg2(mean: Mass) -> float:
    return (_UNIT_SHARE * mean.mean_mg) ** 2 + _UNIT_MG**2
