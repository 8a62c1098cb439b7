"""The bot's own case is in no list and no figure, and goes without a trace but its audit; the same from every store."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.cases import CaseStatus, Particulars
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, CaseId
from bot.domain.notices import NoticeKind, Posted
from bot.ports import Store
from tests.storage import samples
from tests.storage.samples import NOW, PARTICULARS, notice

OURS = CaseId("c2")


def fill(store: Store) -> None:
    """A case of people's and one of the bot's own, each with a deadline and a notice."""
    with store.write() as uow:
        uow.cases.add(samples.case(1), PARTICULARS)
        uow.cases.add(replace(samples.case(2), status=CaseStatus.SYNTHETIC), Particulars(children=()))
        uow.deadlines.add([samples.deadline(1, next_at=NOW)])
        uow.deadlines.add([samples.deadline(2, "c2", next_at=NOW, kind="synthetic")])
        uow.outbox.add([notice(1), notice(2, case_id=OURS, kind=NoticeKind.SYNTHETIC)])
        uow.audit.append([Entry(NOW, BOT, Action.SYNTHETIC_OPENED, "to channel C9", OURS)])
        uow.commit()


def test_the_bots_own_case_is_in_no_list_and_no_figure(store: Store) -> None:
    fill(store)
    with store.read() as uow:
        assert [case.id for case in uow.cases.listed()] == ["c1"]
        assert [case.id for case in uow.cases.listed(status=CaseStatus.SYNTHETIC)] == ["c2"]
        assert [deadline.id for deadline in uow.deadlines.listed()] == ["d1"]
        figures = uow.reports.figures(NOW)
        assert (sum(figures.open_deadlines.values()), sum(figures.outbox.values())) == (1, 1)
        assert uow.reports.week(team=None, from_at=samples.NOW, until_at=NOW + samples.HOUR).open_now == 1
        after = NOW + samples.HOUR
        assert [each.id for each in uow.reports.untold(steps_before=after, notices_before={}, limit=9)] == ["d1"]
        assert set(uow.deadlines.due_cases(NOW, limit=9)) == {"c1", "c2"}, "and is real work for the tick"


def test_what_is_forgotten_leaves_its_audit_and_whatever_is_not_synthetic_stays(store: Store) -> None:
    fill(store)
    with store.write() as uow:
        uow.synthetic.forget(OURS)
        uow.synthetic.forget(CaseId("c1"))
        uow.synthetic.forget(CaseId("none"))
        uow.commit()
    with store.read() as uow:
        assert [case.id for case in uow.cases.listed()] == ["c1"]
        assert uow.cases.listed(status=CaseStatus.SYNTHETIC) == []
        assert [each.id for each in uow.outbox.listed(unsent_only=False)] == ["n1"]
        assert uow.deadlines.due_cases(NOW, limit=9) == ["c1"]
        assert [entry.action for entry in uow.audit.listed(case_id=OURS)] == ["synthetic_opened"]
        assert uow.audit.verify().first_bad == ""


def test_when_its_notice_arrived_is_known_once_it_did(store: Store) -> None:
    fill(store)
    key = notice(2).key
    with store.write() as uow:
        assert uow.synthetic.sent_at(key) is None
        uow.outbox.mark_sent(notice(2).id, posted=Posted(samples.case(1).parties[0].channel, "1.1"), at=NOW)
        uow.commit()
    with store.read() as uow:
        assert uow.synthetic.sent_at(key) == NOW
