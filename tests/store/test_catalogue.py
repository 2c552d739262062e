"""Changing one mass in products.csv leaves everything else as somebody typed it."""

from pathlib import Path

import pytest

from engine.domain import SkuId
from engine.store import StoreFolder, StoreFolderError, open_store, with_unit_mass

TYPED = '\ufeffsku_id,name,unit_mass_g\r\ntea,"Black, strong",80\r\n\r\njam,"Plum\njam",450.50\r\nrice,Rice,1000'


@pytest.mark.parametrize(
    ("sku", "before", "after"),
    [("tea", 'strong",80', 'strong",471.3'), ("jam", "450.50", "471.3"), ("rice", "1000", "471.3")],
)
def test_only_the_mass_changes(tmp_path: Path, sku: str, before: str, after: str) -> None:
    file = tmp_path / "products.csv"
    file.write_bytes(TYPED.encode())
    assert with_unit_mass(file, SkuId(sku), 471.3).decode() == TYPED.replace(before, after)


def test_the_folder_reads_what_was_changed(folder: Path, demo: StoreFolder) -> None:
    file = folder / "products.csv"
    file.write_bytes(with_unit_mass(file, SkuId("rolled-oats"), 527.4))
    before, after = demo.store, open_store(folder).store
    assert after.product_by_sku[SkuId("rolled-oats")].unit_mass_g == 527.4
    assert after.products[1:] == before.products[1:]


def test_a_product_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(StoreFolderError, match=r"products\.csv: caviar: there is no such product"):
        with_unit_mass(folder / "products.csv", SkuId("caviar"), 50.0)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text('sku_id,unit_mass_g\ntea,80\njam,"450\n', encoding="utf-8")
    with pytest.raises(StoreFolderError, match=r"products\.csv: line 3: "):
        with_unit_mass(file, SkuId("rice"), 50.0)
