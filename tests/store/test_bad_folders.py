"""Whatever is wrong in a store folder is said with file, key and remedy, and nothing starts."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.store import StoreFolderError, open_store


@dataclass(frozen=True)
class Mistake:
    """``old`` becomes ``new`` once in ``file``; the error must then say each of ``said``, and name the file."""

    file: str
    old: str
    new: str
    said: tuple[str, ...]


SECOND_A = (
    '\n[[gondola]]\nid = "A"\norigin_m = [1, 1]\nfaces_deg = 0\nwidth_m = 1\ndepth_m = 1\nheight_m = 1\nshelf = []\n'
)
SECOND_GATE = '\n[[gate]]\nid = "front"\nleft_m = [0.0, 1.0]\nright_m = [0.0, 2.0]\n'
SERIAL = 'serial = { device = "/dev/ttyUSB0", baud = 115200 }'
ON_THE_SAME_UNIT = f"""profile = "generic-float32"
channels = 18

[[controller]]
id = "second"
driver = "shelf.modbus-rtu"
{SERIAL}
"""

SHARING = "".join(
    f'[[promotion]]\nid = "p{number}"\nname = ""\nskus = ["chickpeas", "honey"]\nunits = 20\nprice_minor = 1\n\n'
    for number in (1, 2)
)

STORE = [
    Mistake("store.toml", "[store]", "[store", ("syntax", "line 3", "Mend")),
    Mistake("store.toml", "[store]", '[store]\ncolour = "red"', ("$.store", "colour", "Mend")),
    Mistake("store.toml", "[policy]", "[policy]\nkindness = 1", ("$.policy", "kindness", "Mend")),
    Mistake("store.toml", "review_minor = 15", "review_minor = -15", ("$.policy.review_minor", ">= 0", "Mend")),
    Mistake("store.toml", "review_deadline_s = 120.0", "review_deadline_s = nan", ("syntax", "nan", "Mend")),
    Mistake("store.toml", "within_s = 6.0", "within_s = -1", ("$.policy.guests_within_s", ">= 0", "Mend")),
    Mistake("store.toml", "within_s = 6.0", "within_s = 600", ("$.policy.guests_within_s", "<= 60", "Mend")),
    Mistake("store.toml", 'currency = "EUR"', 'currency = "euro"', ("$.store.currency", "A-Z", "Mend")),
    Mistake("store.toml", 'currency = "EUR"', 'currency = "XAU"', ("store.currency", "ISO 4217: XAU", "EUR")),
    Mistake("store.toml", 'currency = "EUR"\n', "", ("$.store", "currency", "Mend")),
    Mistake("store.toml", "port = 7011", 'port = "7011"', ("$.controller[0].port", "int", "Mend")),
    Mistake("store.toml", "port = 7011", "port = 70110", ("$.controller[0].port", "65535", "Mend")),
    Mistake(
        "store.toml", 'host = "127.0.0.1"\nport = 7011\n', "", ("a-low", "for the network", "Give it host and port")
    ),
    Mistake("store.toml", "port = 7011", "port = 7011\n" + SERIAL, ("a-low", "for the network", "shelf.modbus-rtu")),
    Mistake(
        "store.toml",
        'driver = "shelf.modbus"\nhost = "127.0.0.1"\nport = 7011',
        'driver = "shelf.modbus-rtu"\nhost = "127.0.0.1"\n' + SERIAL,
        ("a-low", "for a serial bus", "no host"),
    ),
    Mistake(
        "store.toml",
        'driver = "shelf.modbus"\nhost = "127.0.0.1"\nport = 7011',
        'driver = "shelf.modbus-rtu"\ntls = { ca = "ca.pem" }\n' + SERIAL,
        ("a-low", "tls on a serial bus", "Remove tls"),
    ),
    Mistake("store.toml", "port = 7011", "tls = { key = 'k.pem' }", ("$.controller[0].tls", "ca", "Mend")),
    Mistake(
        "store.toml", "port = 7011", "serial = { device = 'x', parity = 'mark' }", ("serial.parity", "mark", "Mend")
    ),
    Mistake(
        "store.toml",
        'driver = "shelf.modbus"\nhost = "127.0.0.1"\nport = 7011',
        f'driver = "shelf.modbus-rtu"\n{SERIAL}\n{ON_THE_SAME_UNIT}',
        ("second", "unit 1 of /dev/ttyUSB0 is a-low", "a unit of its own"),
    ),
    Mistake("store.toml", 'id = "face-b"', 'id = "../face-b"', ("$.camera[5].id", "Mend")),
    Mistake("store.toml", 'id = "face-b"', 'id = "face-a"', ("face-a", "camera is there twice", "Keep one")),
    Mistake("store.toml", 'id = "b-low"', 'id = "a-low"', ("a-low", "controller is there twice", "Keep one")),
]
LAYOUT = [
    Mistake("layout.toml", 'id = "A"', 'id = "A"\nlights = 2', ("$.gondola[0]", "lights", "Mend")),
    Mistake("layout.toml", "width_m = 1.8", "width_m = 0.0", ("$.gondola[0].width_m", "> 0", "Mend")),
    Mistake("layout.toml", "width_m = 1.8", "width_m = inf", ("syntax", "inf", "Mend")),
    Mistake("layout.toml", "origin_m = [3.4, 4.5]", "origin_m = [3.4]", ("$.gondola[0].origin_m", "length 2", "Mend")),
    Mistake("layout.toml", 'controller = "a-low"', 'controller = "a"', ("A-1-1", "unknown controller 'a'", "Add a")),
    Mistake("layout.toml", "first_channel = 12", "first_channel = 13", ("A-3-6", "channel 18 of", "first_channel")),
    Mistake("layout.toml", "first_channel = 6", "first_channel = 5", ("a-low 5", "channel is there twice", "correct")),
    Mistake("layout.toml", 'id = "front"', 'id = "back"', ("front", "no place", "[[gate]]")),
    Mistake("layout.toml", "left_m = [6.0, 1.0]", "left_m = [6.0, 2.2]", ("front", "no width", "left_m")),
    Mistake("layout.toml", "number = 2", "number = 1", ("A-1", "shelf is there twice", "Keep one")),
    Mistake(
        "layout.toml", '[[gondola]]\nid = "B"', SECOND_A + '[[gondola]]\nid = "B"', ("A", "gondola is there twice")
    ),
    Mistake("layout.toml", "[[gondola]]", SECOND_GATE + "[[gondola]]", ("front", "gate is there twice", "Keep one")),
]
GOODS = [
    Mistake("planogram.csv", "basmati-rice,16", "rice,16", ("A-1-a", "unknown SKU 'rice'", "products.csv")),
    Mistake("planogram.csv", "A-1-1 A-1-2", "A-1-1 A-9-2", ("A-1-a", "unknown plate 'A-9-2'", "layout.toml")),
    Mistake(
        "planogram.csv", "A-1-1 A-1-2", "A-1-1 A-1-3", ("A-1-b", "plate A-1-3 also belongs to A-1-a", "one facing")
    ),
    Mistake("planogram.csv", "A-1-1 A-1-2", "A-1-1 A-1-1", ("A-1-a", "also belongs to A-1-a", "one facing")),
    Mistake("planogram.csv", "A-1-1 A-1-2", "", ("A-1-a", "no plates", "Name the plates")),
    Mistake("planogram.csv", "A-1-b", "A-1-a", ("A-1-a", "facing is there twice", "Keep one")),
    Mistake("planogram.csv", "basmati-rice,16", "basmati-rice,many", ("line 2", "units", "Mend that row")),
    Mistake("planogram.csv", "oat-drink,12", "oat-drink,12,7", ("line 3", "5 values for 4 columns", "Mend that row")),
    Mistake("planogram.csv", "oat-drink,12", "oat-drink", ("line 3", "3 values for 4 columns", "Mend that row")),
    Mistake("planogram.csv", "oat-drink,12", '"oat-drink,12', ("line", "Mend that row")),
    Mistake("products.csv", "gtin,name", "ean,name", ("header", "ean", "must be", "gtin")),
    Mistake("products.csv", "gtin,name", "gtin,gtin,name", ("header", "gtin, gtin", "must be")),
    Mistake(
        "products.csv",
        "2000000042015",
        "2000000042016",
        ("rolled-oats", "'2000000042016' is not a GTIN", "check digit"),
    ),
    Mistake(
        "products.csv", "corn-flakes,2000000042022", "corn-flakes,2000000042015", ("2000000042015", "GTIN is there")
    ),
    Mistake("products.csv", "corn-flakes", "rolled-oats", ("rolled-oats", "SKU is there twice", "Keep one")),
    Mistake("products.csv", "149,reduced,514,", "1.49,reduced,514,", ("line 2", "price_minor", "Mend that row")),
    Mistake("products.csv", "149,reduced,514,", "149,reduced,0,", ("rolled-oats", "unit_mass_g", "Mend that value")),
    Mistake(
        "products.csv", "149,reduced,514,0.1", "149,reduced,514,-0.1", ("rolled-oats", "size_m", "Mend that value")
    ),
    Mistake("products.csv", "0.19,box", "0.19,ball", ("rolled-oats", "ball", "Mend that value")),
]
PRICING = [
    Mistake("products.csv", "reduced", "low", ("rolled-oats", "unknown tax class 'low'", "[[tax]] in pricing.toml")),
    Mistake("pricing.toml", "70000\n", "-1\n", ("$.tax[0].rate_ppm", ">= 0", "Mend")),
    Mistake("pricing.toml", "70000\n", "70000\ninclude = false\n", ("$.tax[0]", "include", "Mend")),
    Mistake("pricing.toml", '"standard"', '"reduced"', ("reduced", "tax is there twice", "Keep one")),
    Mistake("pricing.toml", '"cola"', '"coala"', ("drinks", "unknown SKU 'coala'", "correct skus")),
    Mistake("pricing.toml", '"cola"', '"lemonade"', ("$.promotion[1]", "named twice", "Mend")),
    Mistake("pricing.toml", "free = 1", "free = 3", ("$.promotion[0]", "3 of 3 units free", "Mend")),
    Mistake("pricing.toml", "free = 1\n", "", ("$.promotion[0]", "either some units are free", "Mend")),
    Mistake("pricing.toml", "units = 3", "units = 1", ("$.promotion[0].units", ">= 2", "Mend")),
    Mistake("pricing.toml", "drinks-2-for-1.79", "tins-3-for-2", ("tins-3-for-2", "promotion is there twice", "Keep")),
    Mistake("pricing.toml", "[[promotion]]", SHARING + "[[promotion]]", ("p1", "share products: p1, p2, tins", "1000")),
]
CALIBRATION = [
    Mistake("calibration/face-a.toml", "k1 =", "k9 =", ("k9", "Mend")),
    Mistake("calibration/face-a.toml", '= "A"', '= "Z"', ("watches_gondola", "unknown gondola 'Z'", "layout.toml")),
    Mistake("calibration/face-a.toml", "[3.40, 4.50, 0.92]", "[3.40, 2.20, 0.0]", ("look_at_m", "down", "beside")),
    Mistake("calibration/face-a.toml", "[3.40, 4.50, 0.92]", "[3.40, 2.20, 2.75]", ("look_at_m", "nowhere", "beside")),
]


@pytest.mark.parametrize(
    "mistake", [*STORE, *LAYOUT, *GOODS, *PRICING, *CALIBRATION], ids=lambda mistake: mistake.said[-2]
)
def test_a_mistake_is_named_with_file_key_and_remedy(folder: Path, mistake: Mistake) -> None:
    file = folder / mistake.file
    text = file.read_text()
    assert mistake.old in text
    file.write_text(text.replace(mistake.old, mistake.new, 1))
    with pytest.raises(StoreFolderError) as raised:
        open_store(folder)
    assert str(raised.value).startswith(f"{file}: ")
    assert [said for said in mistake.said if said not in str(raised.value)] == []


@pytest.mark.parametrize(
    "name",
    ["store.toml", "layout.toml", "products.csv", "planogram.csv", "pricing.toml", "calibration/ceiling-ne.toml"],
)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(StoreFolderError, match=r"file: missing\. Copy it") as raised:
        open_store(folder)
    assert str(folder / name) in str(raised.value)


def test_an_empty_table_and_text_in_another_encoding_are_named(folder: Path) -> None:
    (folder / "planogram.csv").write_text("")
    with pytest.raises(StoreFolderError, match=r"planogram\.csv: header: columns are missing\. They must be facing_id"):
        open_store(folder)
    (folder / "planogram.csv").write_bytes("facing_id,plates,sku_id,units\nA-1-a,A-1-1,Käse,1\n".encode("latin-1"))
    with pytest.raises(StoreFolderError, match=r"planogram\.csv: text: .*Save it as UTF-8"):
        open_store(folder)


def test_a_directory_in_place_of_a_file_and_no_folder_at_all_are_named(folder: Path) -> None:
    (folder / "layout.toml").unlink()
    (folder / "layout.toml").mkdir()
    with pytest.raises(StoreFolderError, match=r"layout\.toml: file: .*Make it readable"):
        open_store(folder)
    shutil.rmtree(folder)
    with pytest.raises(StoreFolderError, match=r"folder: there is no such folder\. Name a store folder"):
        open_store(folder)


def test_an_age_is_a_column_that_may_be_left_out(folder: Path) -> None:
    assert open_store(folder).store.restricted == frozenset()
    file = folder / "products.csv"
    header, *rows = file.read_text().splitlines()
    aged = [f"{row},{18 if row.startswith('cola,') else 0}" for row in rows]
    file.write_text("\n".join([f"{header},minimum_age", *aged]))
    assert open_store(folder).store.restricted == {"cola"}
    file.write_text("\n".join([f"{header},minimum_age", *aged]).replace(",18", ",-18"))
    with pytest.raises(StoreFolderError, match=r"products\.csv.*cola.*>= 0"):
        open_store(folder)


def test_a_table_saved_by_a_spreadsheet_opens(folder: Path) -> None:
    file = folder / "products.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    assert len(open_store(folder).store.products) == 42
