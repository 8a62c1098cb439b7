"""This week's numbers as they stand now, for whoever asks: their team's, or the force's for its leaders."""

from bot.domain.commands import Actor
from bot.domain.errors import Refusal
from bot.domain.letters import DigestLetter
from bot.domain.permissions import STRANGER
from bot.domain.wording import full_moment
from bot.services.digests import digest_instant, figures, headline, watched_minutes
from bot.services.leading import leaders_lines
from bot.services.overview import leads_force, own_teams
from bot.services.reviewing import phone_words
from bot.services.tools import Tools


def week_so_far(actor: Actor, *, tools: Tools) -> DigestLetter:
    """The digest of the week that is running; Refusal for somebody outside the directory or without a team."""
    policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
    if not actor.known or actor.agency is None:
        raise Refusal(STRANGER.format(phone=phone_words(policy)))
    teams = own_teams(actor.person, actor.agency, directory, now)
    if not teams and not leads_force(actor, directory):
        raise Refusal(
            "You are in no team of the directory, so there is no week to show. Ask your hub manager to add you."
        )
    team = None if leads_force(actor, directory) else teams[0]
    from_at = digest_instant(now, policy)
    with tools.store.read() as uow:
        week = uow.reports.week(team=team, from_at=from_at, until_at=now)
        watched = uow.marks.count(watched_minutes(from_at))
        led = leaders_lines(uow, tools, now) if team is None else []
    name = directory.teams[team].name if team else "the whole force"
    return DigestLetter(
        title=f"Week so far, since {full_moment(from_at)}: {name}",
        from_at=from_at,
        until_at=now,
        headline=headline(week, now),
        rows=(*figures(week, watched, from_at=from_at, until_at=now), *led),
    )
