"""The yardstick for the twin: the method that won the 2020 autonomous-checkout competition, in our words, frozen.

Source: Y. Bao, X. Cao, C. Li, M. Zhang, "Multi-Person Shopping (MPS) for Cashier-Less Store", Carnegie Mellon
University, 2020, and the code published with it (AutoCheckout-CMU/AutoCheckout). It scored F1 .844 over the
competition's 30 recorded recipes, on what was on the receipts at the end. If it does much better or much worse on the
twin, the twin is too easy or too hard. So the method and its constants stay what was published: where it is weak, it
stays weak, and nothing here is ever fitted to the twin.
"""

from engine.bench.reference._people import Target
from engine.bench.reference._reference import Reference

__all__ = ["Reference", "Target"]
