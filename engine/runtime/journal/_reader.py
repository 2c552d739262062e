"""Read the journal back in its order, as far as it is whole."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import structlog
from cryptography.exceptions import InvalidTag

from engine.domain import Recorded
from engine.runtime.journal._format import (
    HEADER_BYTES,
    LENGTH_BYTES,
    JournalPosition,
    SegmentFile,
    created_wall_ns,
    decode_frame,
    frame_bytes,
    segment_files,
)
from engine.runtime.sealing import KeyRing

log = structlog.get_logger()


class JournalReader:
    """The batches of a journal folder. A segment's torn tail (a crash while writing) is left out and said."""

    def __init__(self, folder: Path, keys: KeyRing) -> None:
        self._folder = folder
        self._keys = keys

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read: no engine ran here, or retention took everything."""
        return not segment_files(self._folder)

    @property
    def complete(self) -> bool:
        """Whether it goes back to the store's first fact: none of it was retired."""
        segments = segment_files(self._folder)
        return not segments or segments[0].number == 1

    def covers(self, position: JournalPosition) -> bool:
        """Whether nothing is missing after ``position``."""
        return any(segment.number == position.segment for segment in segment_files(self._folder))

    def records(self, *, after: JournalPosition | None = None) -> Iterator[Recorded]:
        """Every fact after ``after``, or all."""
        for batch in self.batches(after=after):
            yield from batch

    def batches(self, *, after: JournalPosition | None = None) -> Iterator[tuple[Recorded, ...]]:
        """The batches after ``after``, or all, as they were appended."""
        for _, batch in self.positions(after=after):
            yield batch

    def positions(
        self, *, after: JournalPosition | None = None
    ) -> Iterator[tuple[JournalPosition, tuple[Recorded, ...]]]:
        """As ``batches``, each with the place behind it."""
        start = after or JournalPosition(segment=0, offset=0)
        for segment in segment_files(self._folder):
            if segment.number >= start.segment:
                yield from self._read(segment, start.offset if segment.number == start.segment else 0)

    def _read(self, segment: SegmentFile, offset: int) -> Iterator[tuple[JournalPosition, tuple[Recorded, ...]]]:
        key = self._keys.get(segment.key_name)
        if key is None:
            log.warning("journal_segment_without_key", segment=segment.number)
            return
        with segment.path.open("rb") as file:
            header = file.read(HEADER_BYTES)
            if created_wall_ns(header) is None:
                log.warning("journal_segment_without_header", segment=segment.number)
                return
            place = file.seek(max(offset, HEADER_BYTES))
            while length := frame_bytes(file.read(LENGTH_BYTES)):
                try:
                    batch = decode_frame(key, header, place, file.read(length))
                except (InvalidTag, ValueError, msgspec.MsgspecError):
                    bytes_left_out = os.fstat(file.fileno()).st_size - place
                    log.warning("journal_torn", segment=segment.number, offset=place, bytes_left_out=bytes_left_out)
                    return
                place = file.tell()
                yield JournalPosition(segment=segment.number, offset=place), batch
