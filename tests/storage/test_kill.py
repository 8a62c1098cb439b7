"""What a process was told is kept is there after it was killed, and the audit is whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from storage.database import open_database
from storage.encryption import create_keyring, load_keyring
from storage.schema import migrate
from storage.unit_of_work import SqlStore

ROOT = Path(__file__).parents[2]

REFER = """
import sys
from datetime import timedelta
from pathlib import Path

from bot.domain.events import Action, Entry
from storage.database import open_database
from storage.encryption import load_keyring
from storage.unit_of_work import SqlStore
from tests.storage import samples

store = SqlStore(open_database(sys.argv[1]), load_keyring(Path(sys.argv[2])))
with store.read() as uow:
    number = len(uow.cases.listed(limit=100_000))
while True:
    number += 1
    with store.write() as uow:
        reference = uow.cases.next_reference(2026)
        case = samples.case(number, reference=reference)
        uow.cases.add(case, samples.PARTICULARS)
        uow.deadlines.add([samples.deadline(number, case.id)])
        uow.outbox.add([samples.notice(number, case_id=case.id)])
        uow.audit.append([Entry(samples.NOW, samples.OFFICER, Action.REFERRED, reference, case.id, {"note": "x"})])
        uow.commit()
    print(reference, flush=True)
"""


def test_a_killed_process_leaves_every_referral_it_confirmed_and_no_half_of_another(tmp_path: Path) -> None:
    url, keys = f"sqlite:///{tmp_path / 'vigil.db'}", tmp_path / "vigil.keys"
    create_keyring(keys)
    database = open_database(url)
    migrate(database)
    confirmed: list[str] = []
    for lines in (1, 5, 12):
        command = [sys.executable, "-c", REFER, url, str(keys)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as referring:
            assert referring.stdout is not None
            confirmed += [referring.stdout.readline().strip() for _ in range(lines)]
            referring.send_signal(signal.SIGKILL)
            confirmed += referring.stdout.read().split()
    with SqlStore(database, load_keyring(keys)).read() as uow:
        cases = uow.cases.listed(limit=100_000)
        kept = {case.reference for case in cases}
        verdict = uow.audit.verify()
        assert all(len(uow.deadlines.of_case(case.id)) == 1 for case in cases)
        assert len(uow.outbox.listed(limit=100_000)) == len(cases)
    database.close()
    assert len(confirmed) >= 18
    assert kept.issuperset(reference for reference in confirmed if len(reference) == len("SG-26-00001"))
    assert len(kept) == verdict.entries
    assert verdict.first_bad == ""
