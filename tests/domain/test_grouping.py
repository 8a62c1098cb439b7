"""What a waiting message says of each of its cases, before it is taken into one with others."""

from bot.domain.grouping import grouped
from bot.domain.ids import CaseId, ChannelId, NoticeId
from bot.domain.notices import Destination, Notice, NoticeKind
from tests.builders import MONDAY

CASE = CaseId("case-1")


def notice(kind: NoticeKind, case_id: CaseId | None) -> Notice:
    return Notice(NoticeId("n"), "key", kind, Destination.channel(ChannelId("C1")), MONDAY, MONDAY, case_id=case_id)


def test_a_reminder_speaks_of_its_case_and_what_is_of_no_case_or_holds_none_of_nothing() -> None:
    assert [each.case_id for each in grouped(notice(NoticeKind.STEP, CASE))] == [CASE]
    assert grouped(notice(NoticeKind.STEP, None)) == ()
    assert grouped(notice(NoticeKind.GROUP, None)) == ()
