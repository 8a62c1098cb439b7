"""Sealed text opens only in its own place with its own key; the key file gives nothing away."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.encryption import (
    Erased,
    KeyRefused,
    Keyring,
    Sealer,
    create_keyring,
    load_keyring,
    new_generation,
    normalised,
)

KEYRING = Keyring((new_generation(),))


class Vault:
    """Wrapped keys in memory."""

    def __init__(self) -> None:
        self.keys: dict[str, bytes] = {}
        self.erased: set[str] = set()

    def wrapped(self, scope: str) -> bytes | None:
        if scope in self.erased:
            raise Erased(scope)
        return self.keys.get(scope)

    def keep(self, scope: str, wrapped: bytes) -> None:
        self.keys[scope] = wrapped


@given(st.text(max_size=200))
def test_what_was_sealed_opens_again_and_shows_nothing_of_itself(words: str) -> None:
    sealer = Sealer(KEYRING, Vault())
    sealed = sealer.seal("cases", "narrative", "c1", words)
    assert sealer.open("cases", "narrative", "c1", sealed) == words
    assert len(sealed) == 4 + 12 + len(words.encode()) + 16
    assert len(words) < 4 or words.encode() not in sealed


@pytest.mark.parametrize(
    ("table", "column", "case"), [("acts", "narrative", "c1"), ("cases", "address", "c1"), ("cases", "narrative", "c2")]
)
def test_a_sealed_value_moved_to_another_place_does_not_open(table: str, column: str, case: str) -> None:
    sealer = Sealer(KEYRING, Vault())
    sealer.seal("cases", "narrative", "c2", "other")
    sealed = sealer.seal("cases", "narrative", "c1", "words")
    with pytest.raises(KeyRefused):
        sealer.open(table, column, case, sealed)


def test_any_changed_byte_of_a_sealed_value_is_noticed() -> None:
    sealer = Sealer(KEYRING, Vault())
    sealed = sealer.seal("cases", "narrative", "c1", "words")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(KeyRefused):
            sealer.open("cases", "narrative", "c1", bytes(changed))


def test_each_case_has_a_data_key_of_its_own_and_no_two_sealings_are_alike() -> None:
    vault = Vault()
    sealer = Sealer(KEYRING, vault)
    first, second = (sealer.seal("cases", "narrative", "c1", "words") for _ in range(2))
    other = sealer.seal("cases", "narrative", "c2", "words")
    assert first != second
    assert first[:4] == second[:4] != other[:4]
    assert vault.keys.keys() == {"c1", "c2"}


def test_with_its_data_key_destroyed_a_case_can_no_longer_be_read() -> None:
    vault = Vault()
    sealed = Sealer(KEYRING, vault).seal("cases", "narrative", "c1", "words")
    vault.erased.add("c1")
    with pytest.raises(Erased):
        Sealer(KEYRING, vault).open("cases", "narrative", "c1", sealed)


def test_another_key_file_opens_nothing_and_says_which_setting_to_mend() -> None:
    vault = Vault()
    sealed = Sealer(KEYRING, vault).seal("cases", "narrative", "c1", "words")
    with pytest.raises(KeyRefused, match="VIGIL_MASTER_KEY_FILE"):
        Sealer(Keyring((new_generation(),)), vault).open("cases", "narrative", "c1", sealed)


def test_after_a_newer_generation_is_added_older_values_open_and_are_still_found() -> None:
    vault = Vault()
    sealed = Sealer(KEYRING, vault).seal("cases", "narrative", "c1", "words")
    newer = Keyring((*KEYRING.generations, new_generation()))
    assert Sealer(newer, vault).open("cases", "narrative", "c1", sealed) == "words"
    stored = KEYRING.blind_index("police", "44-0001")
    assert stored in newer.blind_indexes("police", "44-0001")
    assert stored != newer.blind_index("police", "44-0001")


def test_a_blind_index_finds_other_spellings_and_keeps_kinds_apart() -> None:
    found = KEYRING.blind_index("police", "44-0001 a")
    assert found == KEYRING.blind_index("police", " 440001A ")
    assert found != KEYRING.blind_index("council", "44-0001 a")
    assert found != KEYRING.blind_index("police", "44-0002 a")
    assert normalised("Straße 4, Flat ①") == "strasse4flat1"


def test_a_key_file_is_written_once_for_its_owner_alone_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "vigil.keys"
    made = create_keyring(path)
    assert load_keyring(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(KeyRefused, match="there already"):
        create_keyring(path)
    assert load_keyring(path) == made


def test_a_keyring_shows_fingerprints_and_no_key(tmp_path: Path) -> None:
    keyring = create_keyring(tmp_path / "vigil.keys")
    shown = repr(keyring) + str(keyring.fingerprints)
    assert keyring.current.fingerprint in shown
    for key in (keyring.current.kek, keyring.current.audit_key, keyring.current.index_key):
        assert repr(key) not in shown
        assert key.hex() not in shown


def test_a_key_file_that_is_missing_open_to_others_or_damaged_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="run `vigil keys init`"):
        load_keyring(tmp_path / "missing.keys")
    with pytest.raises(KeyRefused, match="cannot be written"):
        create_keyring(tmp_path / "nowhere" / "vigil.keys")
    path = tmp_path / "vigil.keys"
    create_keyring(path)
    path.chmod(0o640)
    with pytest.raises(KeyRefused, match="chmod 600"):
        load_keyring(path)
    path.chmod(0o600)
    body = json.loads(path.read_text())
    del body["generations"][0]["audit_key"]
    for damaged in ("", "{}", "[]", json.dumps(body), json.dumps({"format": "vigil-keys-1", "generations": []})):
        path.write_text(damaged)
        with pytest.raises(KeyRefused, match="not a key file of Vigil"):
            load_keyring(path)
