"""Identifiers. Each names one thing for the life of the store's journal; the object that owns the thing issues it."""

from typing import NewType

CameraId = NewType("CameraId", str)
ControllerId = NewType("ControllerId", str)
GateId = NewType("GateId", str)
GondolaId = NewType("GondolaId", str)
ShelfId = NewType("ShelfId", str)
PlateId = NewType("PlateId", str)
FacingId = NewType("FacingId", str)
SkuId = NewType("SkuId", str)
TrackId = NewType("TrackId", int)
VisitId = NewType("VisitId", str)
StepId = NewType("StepId", str)
LineId = NewType("LineId", str)
CaseId = NewType("CaseId", str)
ReceiptId = NewType("ReceiptId", str)
TaxClassId = NewType("TaxClassId", str)
PromotionId = NewType("PromotionId", str)
CommandId = NewType("CommandId", str)
ConsoleId = NewType("ConsoleId", str)
