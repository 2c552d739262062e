"""What polling shelf controllers costs: the engine's link beside the obvious pymodbus loop, in the same run."""

from engine.bench.modbus._load import CROWD, SHELVES, Load
from engine.bench.modbus._measure import LoadReport, ModbusReport, measure_modbus
from engine.bench.modbus._pace import CycleTimes

__all__ = ["CROWD", "SHELVES", "CycleTimes", "Load", "LoadReport", "ModbusReport", "measure_modbus"]
