"""A store folder on disk, as small as a folder that opens can be, listening on sockets of its own."""

import tempfile
from pathlib import Path

from engine.store import StoreFolder, open_store

_STORE = """
[store]
name = "corner"
currency = "EUR"

[network]
state = "ipc://{sockets}/state"
door = "ipc://{sockets}/door"
inbox = "ipc://{sockets}/inbox"

[[controller]]
id = "k1"
driver = "shelf.modbus"
host = "127.0.0.1"
port = 5020
profile = "generic-float32"
channels = 4
"""

_LAYOUT = """
floor_m = [[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]]

[[gate]]
id = "north"
left_m = [0.5, 0.0]
right_m = [1.5, 0.0]

[[gondola]]
id = "A"
origin_m = [2.0, 2.0]
faces_deg = 270.0
width_m = 1.0
depth_m = 0.4
height_m = 1.5

[[gondola.shelf]]
number = 1
height_m = 1.0
clearance_m = 0.3
plates = 4
controller = "k1"
first_channel = 0
"""

_PRODUCTS = """sku_id,gtin,name,price_minor,tax_class,unit_mass_g,width_m,depth_m,height_m,shape
tea,4006381333931,Tea,299,food,300.0,0.08,0.06,0.12,box
jam,96385074,Jam,349,food,450.0,0.07,0.07,0.1,can
"""

_PRICING = """
[[tax]]
id = "food"
rate_ppm = 70000
"""

_PLANOGRAM = """facing_id,plates,sku_id,units
A-1-tea,A-1-1 A-1-2,tea,10
A-1-jam,A-1-3 A-1-4,jam,10
"""


def small_store(path: Path, *, policy: str = "") -> StoreFolder:
    """Write the folder at ``path`` and open it; ``policy`` is what ``[policy]`` holds."""
    sockets = tempfile.mkdtemp(prefix="tf-")  # ipc paths have room for about 100 characters
    path.mkdir(parents=True, exist_ok=True)
    text = f"{_STORE.format(sockets=sockets)}\n[policy]\n{policy}\n"
    (path / "store.toml").write_text(text, encoding="utf-8")
    (path / "layout.toml").write_text(_LAYOUT, encoding="utf-8")
    (path / "products.csv").write_text(_PRODUCTS, encoding="utf-8")
    (path / "pricing.toml").write_text(_PRICING, encoding="utf-8")
    (path / "planogram.csv").write_text(_PLANOGRAM, encoding="utf-8")
    return open_store(path)
