"""The key file, a data key for each case, sealed text and blind indexes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import Erased, KeyRefused, SealBroken

SYSTEM_SCOPE = "system"

_KEY_BYTES = 32
_NONCE_BYTES = 12
_ID_BYTES = 4
_HEADER_BYTES = _ID_BYTES + _NONCE_BYTES
_FORMAT = "vigil-keys-1"
_PARTS = ("kek", "audit_key", "index_key")


@dataclass(frozen=True, slots=True, repr=False)
class KeyGeneration:
    """One set of keys: `kek` wraps data keys, `audit_key` chains the audit, `index_key` makes blind indexes."""

    key_id: str
    kek: bytes
    audit_key: bytes
    index_key: bytes

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that tell this generation from another and give nothing of it away."""
        material = b"vigil-fingerprint" + self.kek + self.audit_key + self.index_key
        return hashlib.sha256(material).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"KeyGeneration({self.key_id}, fingerprint {self.fingerprint})"


@dataclass(frozen=True, slots=True)
class Keyring:
    """Every generation of keys, oldest first; the newest seals, each can still open what it sealed."""

    generations: tuple[KeyGeneration, ...]

    @property
    def current(self) -> KeyGeneration:
        """The generation that seals, chains and indexes from now on."""
        return self.generations[-1]

    def generation(self, key_id: str) -> KeyGeneration | None:
        """Return the generation of this id, or None when the key file does not hold it."""
        return next((each for each in self.generations if each.key_id == key_id), None)

    @property
    def fingerprints(self) -> dict[str, str]:
        """Key id to fingerprint, for `vigil keys status`."""
        return {each.key_id: each.fingerprint for each in self.generations}

    def blind_index(self, kind: str, value: str) -> bytes:
        """Return the 32 bytes under which this value (see `normalised`) of this kind is stored."""
        return _blind(self.current, kind, value)

    def blind_indexes(self, kind: str, value: str) -> tuple[bytes, ...]:
        """Return the value's blind index under every generation, for look-ups while keys are being rotated."""
        return tuple(_blind(each, kind, value) for each in self.generations)


def normalised(text: str) -> str:
    """Return letters and digits only, folded, so that "NHS 123-4" and "nhs1234" are one reference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def _blind(generation: KeyGeneration, kind: str, value: str) -> bytes:
    message = f"{kind}\0{normalised(value)}".encode()
    return hmac.digest(generation.index_key, message, "sha256")


def new_generation() -> KeyGeneration:
    """Return a generation of fresh random keys."""
    parts = [secrets.token_bytes(_KEY_BYTES) for _ in _PARTS]
    return KeyGeneration(secrets.token_hex(_ID_BYTES), *parts)


def create_keyring(path: Path) -> Keyring:
    """Write a new key file, readable by its owner only; raises KeyRefused when the file is there already."""
    keyring = Keyring((new_generation(),))
    body = {"format": _FORMAT, "generations": [_encoded(each) for each in keyring.generations]}
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        message = f"The key file {path} is there already; it was left as it is (without it nothing can be read)."
        raise KeyRefused(message) from None
    except OSError as error:
        message = f"The key file {path} cannot be written ({(error.strerror or 'unknown').lower()})."
        raise KeyRefused(message) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(body, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    return keyring


def load_keyring(path: Path) -> Keyring:
    """Read the key file; raises KeyRefused when it is missing, open to other users or not a key file."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        message = f"There is no key file {path}; run `vigil keys init`, or set VIGIL_MASTER_KEY_FILE to yours."
        raise KeyRefused(message) from None
    except (OSError, UnicodeDecodeError) as error:
        message = f"The key file {path} cannot be read ({type(error).__name__}); check its owner."
        raise KeyRefused(message) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"The key file {path} is open to other users; run: chmod 600 {path}"
        raise KeyRefused(message)
    try:
        return _decoded(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        message = f"The file {path} is not a key file of Vigil, or a part of it was lost; restore it from your copy."
        raise KeyRefused(message) from None


def _encoded(generation: KeyGeneration) -> dict[str, str]:
    parts = {part: base64.b64encode(getattr(generation, part)).decode("ascii") for part in _PARTS}
    return {"key_id": generation.key_id, **parts}


def _decoded(body: dict[str, object]) -> Keyring:
    listed = body["generations"]
    if body["format"] != _FORMAT or not isinstance(listed, list) or not listed:
        raise ValueError(_FORMAT)
    return Keyring(tuple(_generation(each) for each in listed))


def _generation(body: dict[str, str]) -> KeyGeneration:
    parts = [base64.b64decode(body[part], validate=True) for part in _PARTS]
    if len(bytes.fromhex(body["key_id"])) != _ID_BYTES or any(len(part) != _KEY_BYTES for part in parts):
        raise ValueError(body["key_id"])
    return KeyGeneration(body["key_id"], *parts)


class KeyVault(Protocol):
    """Where wrapped data keys are kept, one for each scope (a case id, or "system")."""

    def wrapped(self, scope: str) -> bytes | None:
        """Return the wrapped key, None when the scope never had one; raises Erased when it was destroyed."""
        ...

    def keep(self, scope: str, wrapped: bytes) -> None:
        """Keep the wrapped key of a new scope."""
        ...


class Sealer:
    """Seals and opens text with the data key of its case; make one for each unit of work.

    Sealed bytes are: data key id (4) | nonce (12) | AES-256-GCM ciphertext and tag, with table, column and case as
    associated data, so that a value moved to another table, column or case does not open.
    """

    def __init__(self, keyring: Keyring, vault: KeyVault) -> None:
        self._keyring = keyring
        self._vault = vault
        self._open: dict[str, tuple[bytes, AESGCM]] = {}

    def seal(self, table: str, column: str, case_id: str, text: str) -> bytes:
        """Return `text` sealed; the first text of a case makes its data key."""
        key_id, cipher = self._key(case_id) or self._new_key(case_id)
        nonce = os.urandom(_NONCE_BYTES)
        return key_id + nonce + cipher.encrypt(nonce, text.encode(), _associated(table, column, case_id))

    def open(self, table: str, column: str, case_id: str, sealed: bytes) -> str:
        """Return the text; raises SealBroken when it was changed or moved, Erased when its key was destroyed."""
        key = self._key(case_id)
        if key is None or key[0] != sealed[:_ID_BYTES]:
            raise SealBroken(f"{table}.{column} of {case_id} was sealed with a data key that is not kept here.")
        try:
            plain = key[1].decrypt(
                sealed[_ID_BYTES:_HEADER_BYTES], sealed[_HEADER_BYTES:], _associated(table, column, case_id)
            )
        except InvalidTag:
            raise SealBroken(f"{table}.{column} of {case_id} was changed or moved outside the program.") from None
        return plain.decode()

    def blind_index(self, kind: str, value: str) -> bytes:
        """Return the keyed index of a value for exact look-ups (see `Keyring.blind_index`)."""
        return self._keyring.blind_index(kind, value)

    def blind_indexes(self, kind: str, value: str) -> tuple[bytes, ...]:
        """Return what the value may be stored under, one for each generation of keys."""
        return self._keyring.blind_indexes(kind, value)

    def bind(self, scope: str) -> None:
        """Open the data key of a scope, or make it where there is none; raises KeyRefused with the wrong key file."""
        if self._key(scope) is None:
            self._new_key(scope)

    def forget(self) -> None:
        """Forget the keys opened so far; they are read again when they are needed."""
        self._open.clear()

    def _key(self, scope: str) -> tuple[bytes, AESGCM] | None:
        known = self._open.get(scope)
        if known is not None:
            return known
        wrapped = self._vault.wrapped(scope)
        if wrapped is None:
            return None
        key_id, data_key = unwrap(self._keyring, scope, wrapped)
        self._open[scope] = (key_id, AESGCM(data_key))
        return self._open[scope]

    def _new_key(self, scope: str) -> tuple[bytes, AESGCM]:
        key_id, data_key = secrets.token_bytes(_ID_BYTES), AESGCM.generate_key(_KEY_BYTES * 8)
        self._vault.keep(scope, wrap(self._keyring.current, scope, key_id, data_key))
        self._open[scope] = (key_id, AESGCM(data_key))
        return self._open[scope]


def wrap(generation: KeyGeneration, scope: str, key_id: bytes, data_key: bytes) -> bytes:
    """Return a data key wrapped for its scope: generation id (4) | nonce (12) | AES-256-GCM of key id and key."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(generation.kek).encrypt(nonce, key_id + data_key, _associated("data_keys", "wrapped", scope))
    return bytes.fromhex(generation.key_id) + nonce + sealed


def unwrap(keyring: Keyring, scope: str, wrapped: bytes) -> tuple[bytes, bytes]:
    """Return the id and the data key; raises KeyRefused when this key file did not wrap it."""
    generation = keyring.generation(wrapped[:_ID_BYTES].hex())
    if generation is None:
        message = "The key file is not the one that this database was sealed with; set VIGIL_MASTER_KEY_FILE to it."
        raise KeyRefused(message)
    try:
        plain = AESGCM(generation.kek).decrypt(
            wrapped[_ID_BYTES:_HEADER_BYTES], wrapped[_HEADER_BYTES:], _associated("data_keys", "wrapped", scope)
        )
    except InvalidTag:
        raise SealBroken(f"The data key of {scope} was changed or moved outside the program.") from None
    return plain[:_ID_BYTES], plain[_ID_BYTES:]


def _associated(table: str, column: str, scope: str) -> bytes:
    return f"{table}\0{column}\0{scope}".encode()


__all__ = [
    "SYSTEM_SCOPE",
    "Erased",
    "KeyGeneration",
    "KeyRefused",
    "KeyVault",
    "Keyring",
    "SealBroken",
    "Sealer",
    "create_keyring",
    "load_keyring",
    "new_generation",
    "normalised",
    "unwrap",
    "wrap",
]
