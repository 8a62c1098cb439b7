"""Duty, absence and cover in Slack: who is there now, and forms for the dated changes that a person may make."""

from bot.domain.directory import Directory
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import AgencyId, PersonId, TeamId
from bot.domain.permissions import STRANGER, may_hand_over_duty, may_set_away, may_set_duty
from bot.domain.roster import Absence, RosterRead, SetAway, SetDuty, TeamDuty
from bot.domain.roster_checks import gap_line
from handlers import parsing
from handlers.filled import Filled
from handlers.middleware import Asked
from handlers.views import roster as view
from handlers.views.confirmation import message

NOT_OPENED = "This did not open in Slack and nothing was changed. Type /safeguarding {word} again."
NOBODY_ELSE = "There is nobody else to hand over to: everybody of the agency is on duty."
MOST_ABSENCES = 10


def duty(asked: Asked) -> None:
    """Who is on duty for the person's teams, and what they may change."""
    directory, read = _inside(asked), asked.desk.roster()
    shown = [line for team in read.teams if (line := _line(asked, team, read, directory)) is not None]
    wanted = {line.team for line in shown}
    gaps = [gap_line(gap, directory, read.now) for gap in read.gaps if gap.team in wanted]
    asked.open_view(view.duty(shown, gaps), otherwise=NOT_OPENED.format(word="duty"))


def away(asked: Asked) -> None:
    """Say that somebody is away."""
    _away(asked, view.AWAY_WORD)


def cover(asked: Asked) -> None:
    """Say who covers for somebody."""
    _away(asked, view.COVER_WORD)


def _away(asked: Asked, word: str) -> None:
    directory, read = _inside(asked), asked.desk.roster()
    me = directory.people[asked.actor.person]
    people = _people(directory, me.agency)
    absences = [_absence(absence, directory) for absence in read.absences if _may_set_away(asked, absence, directory)]
    drawn = view.away(word, me.id, people, absences[:MOST_ABSENCES], read.now)
    asked.open_view(drawn, otherwise=NOT_OPENED.format(word=word))


def open_set(asked: Asked) -> None:
    """The form that says who is on duty for a team."""
    directory, team = _team(asked)
    people = _people(directory, directory.teams[team].agency, first=team)
    drawn = view.set_duty(team, directory.teams[team].name, people, asked.now)
    asked.open_view(drawn, otherwise=NOT_OPENED.format(word="duty"))


def open_hand_over(asked: Asked) -> None:
    """The form that hands the running shift on."""
    directory, team = _team(asked)
    there = directory.on_duty(team, asked.now)
    others = [one for one in _people(directory, directory.teams[team].agency, first=team) if one[0] not in there]
    if not others:
        raise Refusal(NOBODY_ELSE)
    drawn = view.hand_over(team, directory.teams[team].name, others)
    asked.open_view(drawn, otherwise=NOT_OPENED.format(word="duty"))


def end(asked: Asked) -> None:
    """A dated change of duty taken back."""
    said = asked.desk.end_duty(TeamId(parsing.chosen(asked.body)), asked.actor, _press(asked))
    asked.tell(said.text, title="Ended")


def back(asked: Asked) -> None:
    """Somebody is back before their absence ends."""
    said = asked.desk.come_back(PersonId(parsing.chosen(asked.body)), asked.actor, _press(asked))
    asked.tell(said.text, title="Back")


def set_duty(asked: Asked) -> None:
    """The form sent: who is on duty."""
    sent, team = Filled(asked.body), TeamId(asked.body["view"]["private_metadata"])
    people = tuple(map(PersonId, sent.choices(view.PEOPLE)))
    from_at, until_at = sent.instant(view.FROM), sent.instant(view.UNTIL)
    if from_at is None or until_at is None:
        raise FormRefusal({view.UNTIL: "Select when it begins and when it ends"})
    said = asked.desk.set_duty(SetDuty(team, people, from_at, until_at), asked.actor, parsing.submit_key(asked.body))
    _done(asked, "Duty set", said.text)


def hand_over(asked: Asked) -> None:
    """The form sent: who takes over."""
    team, to = TeamId(asked.body["view"]["private_metadata"]), PersonId(Filled(asked.body).choice(view.TO))
    said = asked.desk.hand_over_duty(team, to, asked.actor, parsing.submit_key(asked.body))
    _done(asked, "Handed over", said.text)


def set_away(asked: Asked) -> None:
    """The form sent: who is away, and who covers."""
    sent = Filled(asked.body)
    from_at, until_at = sent.instant(view.FROM), sent.instant(view.UNTIL)
    if from_at is None or until_at is None:
        raise FormRefusal({view.UNTIL: "Select when it begins and when it ends"})
    by = sent.choice(view.BY)
    wanted = SetAway(PersonId(sent.choice(view.PERSON)), PersonId(by) if by else None, from_at, until_at)
    _done(asked, "Saved", asked.desk.set_away(wanted, asked.actor, parsing.submit_key(asked.body)).text)


def _done(asked: Asked, title: str, words: str) -> None:
    asked.ack(response_action="update", view=message(title, words, close="Done", clear_on_close=True))


def _press(asked: Asked) -> str:
    return parsing.press_key(asked.body, asked.actor.person)


def _inside(asked: Asked) -> Directory:
    """The directory, for somebody whom it names."""
    directory = asked.desk.rules.directory
    if asked.actor.person not in directory.people:
        raise Refusal(STRANGER.format(phone=asked.phone))
    return directory


def _team(asked: Asked) -> tuple[Directory, TeamId]:
    directory, team = _inside(asked), TeamId(parsing.chosen(asked.body))
    if team not in directory.teams:
        raise Refusal(parsing.OUTDATED)
    return directory, team


def _line(asked: Asked, team: TeamDuty, read: RosterRead, directory: Directory) -> view.TeamLine | None:
    """A team that is the person's own, or whose duty they may change."""
    actor, phone = asked.actor, asked.phone
    may_set = may_set_duty(actor, team.team, directory, phone=phone) is None
    may_hand = may_hand_over_duty(actor, team.team, read.now, directory, phone=phone) is None
    if not (may_set or may_hand or directory.people[actor.person].team == team.team):
        return None
    names = tuple(map(directory.name_of, team.people))
    return view.TeamLine(team.team, team.name, names, team.by_hand, may_set, may_hand_over=may_hand)


def _may_set_away(asked: Asked, absence: Absence, directory: Directory) -> bool:
    return may_set_away(asked.actor, absence.person, directory, phone=asked.phone) is None


def _absence(absence: Absence, directory: Directory) -> view.AwayLine:
    by = directory.name_of(absence.by) if absence.by else ""
    return view.AwayLine(absence.person, directory.name_of(absence.person), by, absence.from_at, absence.until_at)


def _people(directory: Directory, agency: AgencyId, *, first: TeamId | None = None) -> list[view.Choice]:
    """Everybody of an agency who has not left, a team's own people first, then by name."""
    known = [person for person in directory.people.values() if person.agency == agency and person.active]
    known.sort(key=lambda person: (person.team != first, person.name))
    return [(str(person.id), person.name) for person in known]
