"""A disk that can lose its power: an SQLite file system in memory that knows which writes were synced.

After a cut, what was synced is there. Of what was written later, each sector of 512 bytes survives by chance, or none does.
A deleted file is gone for good only when its folder was synced. Locks are not kept: one connection in exclusive mode.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import apsw

SECTOR = 512
SETTLED = (apsw.SQLITE_OPEN_READWRITE, apsw.SQLITE_OPEN_READWRITE)


@dataclass
class File:
    """One file: as the program sees it, as it lies on the disk, and what was done since."""

    now: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    later: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Writes since the last sync, with their offset; None for a cut to that length."""

    def sync(self) -> None:
        """All of it lies on the disk."""
        self.kept = bytearray(self.now)
        self.later.clear()

    def after_cut(self, chance: random.Random, share: float) -> bytes:
        """What lies on the disk after a cut at which this share of the later sectors was written all the same."""
        left = bytearray(self.kept)
        for at, data in self.later:
            if data is None:
                if chance.random() < share:
                    del left[at:]
                continue
            place = at
            while place < at + len(data):
                end = min(at + len(data), (place // SECTOR + 1) * SECTOR)
                if chance.random() < share:
                    write(left, place, data[place - at : end - at])
                place = end
        return bytes(left)


def write(into: bytearray, at: int, data: bytes) -> None:
    """Write at an offset, filling a hole before it with zeroes."""
    if len(into) < at:
        into.extend(bytes(at - len(into)))
    into[at : at + len(data)] = data


@dataclass
class Disk:
    """All files. `works` is called after each thing done to them: the moments at which power can go."""

    files: dict[str, File] = field(default_factory=dict)
    deleted: dict[str, File] = field(default_factory=dict)
    """Files that come back with a cut, since their folder was not synced."""
    works: Callable[[], None] = lambda: None

    @classmethod
    def holding(cls, files: dict[str, bytes]) -> Disk:
        """A disk on which these files lie."""
        return cls({name: File(bytearray(data), bytearray(data)) for name, data in files.items()})

    def after_cut(self, chance: random.Random, share: float) -> dict[str, bytes]:
        """The files after a cut now."""
        back = {
            name: each for name, each in self.deleted.items() if name not in self.files and chance.random() >= share
        }
        return {name: each.after_cut(chance, share) for name, each in {**back, **self.files}.items()}


class PowerVfs(apsw.VFS):
    """SQLite's road to a disk; made once under a name, and pointed to one disk after the other."""

    def __init__(self, name: str) -> None:
        self.disk = Disk()
        super().__init__(name, base="")

    def xOpen(  # type: ignore[override]  # noqa: N802 - any object with its methods will do; SQLite's name
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> PowerFile:
        """Open or make a file."""
        known = name.filename() if isinstance(name, apsw.URIFilename) else name
        file = File() if known is None else self.disk.files.setdefault(known, File())
        flags[1] = flags[0]
        return PowerFile(self.disk, file)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001 - SQLite's
        """Delete a file, for good when its folder is synced."""
        gone = self.disk.files.pop(filename, None)
        if gone is not None and not syncdir:
            self.disk.deleted[filename] = gone
        else:
            self.disk.deleted.pop(filename, None)
        self.disk.works()

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802 - SQLite's
        """Whether a file is there."""
        return pathname in self.disk.files

    def xFullPathname(self, name: str) -> str:  # noqa: N802 - SQLite's
        """Names are whole."""
        return name


class PowerFile:
    """An open file, by SQLite's names."""

    def __init__(self, disk: Disk, file: File) -> None:
        self._disk = disk
        self._file = file

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's
        """What is at an offset; less at the end."""
        return bytes(self._file.now[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's
        """Write, not yet safe."""
        kept = bytes(data)
        write(self._file.now, offset, kept)
        self._file.later.append((offset, kept))
        self._disk.works()

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's
        """Cut to a length, not yet safe."""
        del self._file.now[newsize:]
        self._file.later.append((newsize, None))
        self._disk.works()

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's
        """All that was written is safe."""
        self._file.sync()
        self._disk.works()

    def xFileSize(self) -> int:  # noqa: N802 - SQLite's
        """How long the file is."""
        return len(self._file.now)

    def xLock(self, level: int) -> None:  # noqa: N802 - SQLite's
        """Nobody else is here."""

    def xUnlock(self, level: int) -> None:  # noqa: N802 - SQLite's
        """Nobody else is here."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802 - SQLite's
        """Nobody else is here."""
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:  # noqa: N802 - SQLite's
        """No special wishes."""
        return False

    def xSectorSize(self) -> int:  # noqa: N802 - SQLite's
        """As the disk's."""
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802 - SQLite's
        """A torn write harms no byte beside it, as on the disks that SQLite's own file system takes for granted."""
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xClose(self) -> None:  # noqa: N802 - SQLite's
        """Closed."""
