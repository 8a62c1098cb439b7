"""The use cases bound to their dependencies: the Desk that listeners, jobs and the console are given."""

from collections.abc import Callable
from functools import partial
from secrets import token_hex

from bot.domain.notices import Road
from bot.ports import Mailer, Messenger, Prober
from bot.services import (
    briefs,
    callsheet,
    casework,
    concern_cards,
    conflicts,
    decisions,
    delivery,
    discovery,
    drafts,
    duty_groups,
    escalations,
    flags,
    how_to,
    intake,
    lookups,
    mailing,
    overview,
    partners,
    people,
    probe,
    proposing,
    raising,
    recording,
    records,
    referrals,
    replans,
    second_road,
    selfaudit,
    sending,
    synthetic,
    week,
    workloads,
)
from bot.services.case_desk import case_desk
from bot.services.desk import Desk
from bot.services.leaders_desk import leaders_desk
from bot.services.pace import Pace
from bot.services.tools import Tools, again


def new_id() -> str:
    """An identifier never given before."""
    return token_hex(16)


def nothing() -> bool:
    """What a console delivers, proves and looks at, and what goes by e-mail without a mail server."""
    return False


def build_desk(
    tools: Tools,
    *,
    engine: Tools | None = None,
    messenger: Messenger | None = None,
    mailer: Mailer | None = None,
    prober: Prober | None = None,
    pace: Pace | None = None,
    holder: str = "",
) -> Desk:
    """Every use case with its dependencies bound; without a messenger nothing can be delivered from this Desk.

    `engine` is what the engine's own use cases are given, when that is not the same.
    """
    engine = engine or tools
    pace = pace or Pace()
    deliver: Callable[[], int] = nothing
    if messenger is not None:
        deliver = partial(delivery.deliver, tools=engine, messenger=messenger, pace=pace, holder=holder or new_id())
    prove: Callable[[], bool] = nothing
    if messenger is not None:
        looked = synthetic.Looked()
        prove = again(partial(synthetic.prove, tools=engine, messenger=messenger, looked=looked))
    second: Callable[[], int] = nothing
    mail: Callable[[], int] = nothing
    look: Callable[[], int] = nothing
    follow: Callable[[], int] = nothing
    if prober is not None:
        look = again(partial(probe.probe, tools=engine, prober=prober, looking=probe.Looking()))
        follow = again(
            partial(duty_groups.follow_groups, tools=engine, prober=prober, following=duty_groups.Following())
        )
    if mailer is not None:
        mail = partial(mailing.deliver_mail, tools=engine, mailer=mailer, pace=pace, holder=holder or new_id())
        if mailer.usable:
            second = again(partial(second_road.second_road, tools=engine))
    return Desk(
        rules=tools.rules,
        draft=again(partial(referrals.draft, tools=tools)),
        begin_draft=again(partial(drafts.begin, tools=tools)),
        drafts=partial(drafts.listed, tools=tools),
        take_up_draft=again(partial(drafts.take_up, tools=tools)),
        discard_draft=again(partial(drafts.discard, tools=tools)),
        overview=partial(overview.overview, tools=tools),
        own_cases=partial(lookups.choices, tools=tools),
        search_cases=partial(lookups.search, tools=tools),
        own_case=partial(lookups.own_case, tools=tools),
        week_so_far=partial(week.week_so_far, tools=tools),
        how_tos_wanted=partial(how_to.wanted, tools=tools),
        how_to_posted=again(partial(how_to.posted, tools=tools)),
        concern_cards_wanted=partial(concern_cards.wanted, tools=tools),
        concern_card_posted=again(partial(concern_cards.posted, tools=tools)),
        raise_concern=again(partial(raising.raise_concern, tools=tools)),
        discovery=partial(discovery.discovery, tools=tools),
        report_discovery=again(partial(discovery.report, tools=tools)),
        refer=again(partial(referrals.refer, tools=tools)),
        typed=partial(referrals.typed, tools=tools),
        acknowledge=again(partial(casework.acknowledge, tools=tools)),
        grade=again(partial(casework.grade, tools=tools)),
        escalate=again(partial(casework.escalate, tools=tools)),
        record_act=again(partial(recording.record_act, tools=tools)),
        answer_fact=again(partial(casework.answer_fact, tools=tools)),
        tell_by_phone=again(partial(casework.tell_by_phone, tools=tools)),
        raise_flag=again(partial(flags.raise_flag, tools=tools)),
        propose=again(partial(decisions.propose, tools=tools)),
        proposal_form=partial(proposing.proposal_form, tools=tools),
        read_proposal=again(partial(proposing.read_proposal, tools=tools)),
        decide=again(partial(decisions.decide, tools=tools)),
        leaders=leaders_desk(tools),
        case=case_desk(tools),
        brief=again(partial(briefs.brief, tools=tools)),
        brief_on=again(partial(briefs.brief_on, tools=tools)),
        take_in=partial(intake.take_in, tools=tools),
        open_case=again(partial(records.open_case, tools=tools)),
        open_card=partial(records.open_card, tools=tools),
        set_duty=again(partial(people.set_duty, tools=tools)),
        hand_over_duty=again(partial(people.hand_over_duty, tools=tools)),
        end_duty=again(partial(people.end_duty, tools=tools)),
        set_away=again(partial(people.set_away, tools=tools)),
        come_back=again(partial(people.come_back, tools=tools)),
        roster=partial(people.roster, tools=tools),
        leave_out=again(partial(conflicts.leave_out, tools=tools)),
        let_back_in=again(partial(conflicts.let_back_in, tools=tools)),
        replan=again(partial(replans.replan, tools=tools)),
        refused=again(partial(records.refused, tools=tools)),
        tick=again(partial(escalations.tick, tools=engine)),
        audit_self=again(partial(selfaudit.audit_self, tools=engine, known=selfaudit.Known())),
        deliver=deliver,
        prove=prove,
        started=again(partial(escalations.started, tools=tools)),
        next_at=partial(escalations.next_at, tools=tools),
        waiting_at=partial(sending.waiting_at, tools=tools, pace=pace),
        second_road=second,
        deliver_mail=mail,
        probe=look,
        follow_groups=follow,
        dead_routes=partial(probe.dead_routes, tools=tools),
        call_sheet=partial(callsheet.call_sheet, tools=tools),
        mail_waiting_at=partial(sending.waiting_at, tools=tools, pace=pace, road=Road.MAIL),
        now=tools.clock.now,
        devices=partial(workloads.devices, tools=tools),
        team_load=partial(workloads.load, tools=tools),
        led_devices=partial(workloads.led_devices, tools=tools),
        led_load=partial(workloads.led_load, tools=tools),
        partner_table=partial(partners.partner_table, tools=tools),
        cases=partial(records.cases, tools=tools),
        find=partial(records.find, tools=tools),
        due=partial(records.due, tools=tools),
        ladder=partial(records.ladder, tools=tools),
        decisions=partial(decisions.of_case, tools=tools),
        outbox=partial(records.outbox, tools=tools),
        depth=partial(records.depth, tools=tools),
        audit=again(partial(records.audit, tools=tools)),
        verify=partial(records.verify, tools=tools),
        figures=partial(selfaudit.figures, tools=tools),
    )
