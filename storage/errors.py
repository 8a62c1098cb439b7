"""What storage refuses, each with one sentence for the operator that says how to mend it."""


class StorageRefused(Exception):
    """Storage will not go on; `str(error)` is the sentence for the person who started the program."""


class DatabaseRefused(StorageRefused):
    """The database cannot be reached, or cannot be trusted with the settings it took."""


class SchemaRefused(DatabaseRefused):
    """The tables are older or newer than this program."""


class DatabaseBusy(DatabaseRefused):
    """Another writer kept the database for longer than anybody should wait."""


class KeyRefused(StorageRefused):
    """The key file is missing, open to others, unreadable or not the one that the database was sealed with."""


class SealBroken(KeyRefused):
    """A sealed value does not open with its own key: it was changed or moved outside the program."""


class Erased(KeyRefused):
    """The data key of this record was destroyed on purpose; its sealed text can no longer be read by anybody."""


class EngineHeld(StorageRefused):
    """Another process runs the engine on this database; the sentence says who."""
