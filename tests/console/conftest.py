"""Draw into memory; every window gets settings of its own."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt
