"""What the administrators read in the control channel: one line each, what happened and what they do about it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from bot.domain.ids import PersonId
from bot.domain.letters import NEW, codes
from bot.domain.notices import Notice
from bot.domain.redaction import milestone_title
from bot.domain.restriction import named_as
from bot.domain.wording import full_moment
from bot.ports import Rules, UnitOfWork
from bot.services.calendars import CALENDAR, calendar_words
from bot.services.group_letters import storm_words
from bot.services.road_lines import ROAD_LINES, road_line
from bot.services.roster_lines import ROSTER_LINES
from bot.services.synthetic import late_words

Payload = Mapping[str, object]


def control_line(notice: Notice, uow: UnitOfWork, rules: Rules) -> str:
    """The line of a control notice, worded as of now; one of an unknown kind is about a case that was put aside."""
    what = str(notice.payload.get("what"))
    if what in ROAD_LINES:
        return road_line(notice, uow, rules)
    if what in ROSTER_LINES:
        return ROSTER_LINES[what](notice.payload, rules.directory)
    if what == "nobody":
        reference = named_as(uow.cases.get(notice.case_id)) if notice.case_id else "a notice"
        return _nobody(notice.payload, reference, rules)
    return _LINES.get(what, _put_aside)(notice.payload, rules)


def _nobody(payload: Payload, reference: str, rules: Rules) -> str:
    directory, policy = rules.directory, rules.policy
    team = next((t.name for t in directory.teams.values() if t.id == payload.get("team")), "the team")
    told = ", ".join(directory.name_of(PersonId(code)) for code in codes(payload, "told")) or "nobody at all"
    kind = milestone_title(policy, str(payload.get("kind"))).lower()
    steps = codes(payload, "steps")
    where = "of the new referral, as to" if str(NEW) in steps else f"at step {', '.join(steps)} of"
    return (
        f"{reference}: nobody was there to be told {where} {kind} "
        f"({team}). Told instead: {told}. Mend the directory: duty, leaders or cover of that team."
    )


def _self_audit(payload: Payload, _rules: Rules) -> str:
    found, more = int(str(payload.get("found"))), int(str(payload.get("more")))
    since = full_moment(datetime.fromisoformat(str(payload.get("since"))))
    others = f" and {more} more" if more else ""
    reminders = "reminder is" if found == 1 else "reminders are"
    return (
        f"The bot's audit of itself: {found} overdue {reminders} not known to have reached anybody in Slack, "
        f"the oldest since {since}. Cases: {', '.join(codes(payload, 'references'))}{others}. "
        "Phone whoever works these cases, then look at the bot's health page and the log of this hour."
    )


def _calendar(payload: Payload, _rules: Rules) -> str:
    return calendar_words(date.fromisoformat(str(payload["until"])), date.fromisoformat(str(payload["today"])))


def _synthetic(payload: Payload, _rules: Rules) -> str:
    return late_words(payload)


def _not_worded(payload: Payload, _rules: Rules) -> str:
    return (
        f"Case record {payload.get('case')}: a message ({payload.get('kind')}) could not be put into words and is tried "
        "again each minute. Look at the log of this hour: the case, the policy or the directory has to be mended."
    )


def _put_aside(payload: Payload, _rules: Rules) -> str:
    named = payload.get("reference") or f"Case record {payload.get('case')}"
    return (
        f"{named} could not be handled and was put aside; every other case runs. "
        "Look at the log of this hour, then phone whoever works this case."
    )


_LINES: Mapping[str, Callable[[Payload, Rules], str]] = {
    "self_audit": _self_audit,
    CALENDAR: _calendar,
    "synthetic": _synthetic,
    "storm": storm_words,
    "not_worded": _not_worded,
}
