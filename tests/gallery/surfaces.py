"""Every message, modal and Home that a person may be shown, each with a name: what the gallery draws and its test counts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.domain.acts import Inputs
from bot.domain.answers import ActForm, CaseChoices, Discovery, Look, ProposalForm, ProposalRead, RestrictionForm
from bot.domain.authorisation import Grave
from bot.domain.briefs import NOTHING_HELD, Brief, HeldCase
from bot.domain.commands import OnCase
from bot.domain.concerns import ActInput, Band
from bot.domain.counts import UnitDay
from bot.domain.ids import AgencyId, CaseId, DecisionId, PersonId, Reference, TeamId
from bot.domain.letters import (
    CardLetter,
    ControlLetter,
    DigestLetter,
    GroupLetter,
    Letter,
    LineLetter,
    Outgoing,
    RestrictedLetter,
)
from bot.domain.matters import EndorsementRow, Matter, MatterKind, Stand
from bot.domain.offers import Choice
from bot.domain.overview import OwnCases
from bot.domain.plan import EvidenceRead, MatterRead, PlanRow
from bot.domain.redaction import FOR_LEADERS, Tag
from bot.domain.workloads import DeviceRow, PersonLoad, TeamLoad, WeekLoad
from handlers.registry import rows as help_rows
from handlers.views import brief, case_forms, discovery, leaders, lists, restriction, roster, workloads
from handlers.views.blocks import Drawn
from handlers.views.card import whole
from handlers.views.concern_card import concern_card
from handlers.views.confirmation import confirmation, message
from handlers.views.detail import detail
from handlers.views.drafts import drafts
from handlers.views.forms import as_message, as_modal, proposal, proposal_read
from handlers.views.guide import guide
from handlers.views.home import home, unreadable
from handlers.views.how_to import how_to
from handlers.views.letters import draw
from handlers.views.phone import phone_told
from handlers.views.picker import picker
from handlers.views.referral import form
from handlers.views.review import not_sent, review
from tests.handlers.desks import (
    CASE_ID,
    DUE,
    NOW,
    a_case,
    a_choice,
    a_confirmation,
    a_detail,
    a_force,
    a_reminder,
    a_review,
    an_overview,
    longest_case,
    questions,
    rules,
)

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surface:
    """One picture: a message's letter, a page for one person alone, or the view of a modal or Home."""

    name: str
    letter: Letter | None = None
    view: View | None = None
    page: Drawn | None = None
    plain: bool = False
    repeat: bool = False

    @property
    def outgoing(self) -> Outgoing:
        """The letter as delivery sends it."""
        if self.letter is None:
            raise TypeError(f"{self.name} is no message")
        return Outgoing(self.letter, f"gallery:{self.name}", NOW, repeat=self.repeat, plain=self.plain)


def words(length: int) -> str:
    """A text of a length that reads as words."""
    return ("Synthetic words of the longest kind that fit. " * (length // 46 + 1))[:length]


def messages() -> Iterator[Surface]:
    """Cards, reminders, lines, digests and what administrators read."""
    waiting = a_case()
    yield Surface("card-waiting", CardLetter(waiting))
    yield Surface("card-overdue", CardLetter(replace(waiting, tag=Tag.OVERDUE)))
    yield Surface("card-acknowledged", CardLetter(replace(waiting, tag=Tag.ACKNOWLEDGED)))
    yield Surface("card-closed", CardLetter(replace(waiting, tag=Tag.CLOSED, next_step=None)))
    yield Surface("card-longest", CardLetter(longest_case(words)))
    yield Surface("reminder-late", a_reminder())
    before = replace(a_reminder().items[0], due_at=DUE, late=False, step_name="reminder", missed=())
    yield Surface("reminder-before-due", replace(a_reminder(), case=waiting, items=(before,)))
    yield Surface("reminder-repeat-after-a-crash", a_reminder(), repeat=True)
    yield Surface("reminder-plain", a_reminder(), plain=True)
    many = tuple(
        replace(a_reminder().items[0], title=title) for title in ("Acknowledgement", "Grading", "First action")
    )
    yield Surface("reminder-three-things", replace(a_reminder(), items=many))
    seven = tuple(
        replace(
            a_reminder(),
            case=replace(a_case(), id=CaseId(f"{n}" * 32), reference=Reference(f"SG-26-0004{n}"), tag=Tag.OVERDUE),
        )
        for n in range(7)
    )
    yield Surface("group-of-seven", GroupLetter(seven, behind=0, most_urgent=3, follows=False))
    yield Surface("line-acknowledged", LineLetter(waiting, "Now acknowledged by Nadia Elderflower at 4:05pm."))
    yield Surface(
        "control-line", ControlLetter("Nobody was found for step 3 of the acknowledgement owed by Northmere Health.")
    )
    closed = "SG-26-00042 is restricted to a named list. Ask Chidi Lavenham or Imani Oakhollow."
    yield Surface("card-restricted", RestrictedLetter(CASE_ID, waiting.reference, 3, closed))
    broken = "SG-26-00042 is restricted, and Marguerite Stormvale has opened it with a reason."
    yield Surface("line-glass-broken", RestrictedLetter(CASE_ID, waiting.reference, 3, broken, listed=True))
    rows = (("Open", "14"), ("Acknowledged in time", "9 of 11"), ("Late now", "2"), ("Oldest silent", "SG-26-00007"))
    yield Surface(
        "digest",
        DigestLetter(
            "The week of the whole force", NOW - timedelta(days=7), NOW, "Two cases need a leader today.", rows
        ),
    )


def a_proposal_form() -> ProposalForm:
    """Closing put forward while things are still owed."""
    return ProposalForm(
        case_id=CASE_ID,
        reference=a_case().reference,
        act=Grave.CLOSE,
        words="close the case",
        subject_label="Outcome",
        subjects=(Choice("closed", "Closed"), Choice("no_further_action", "No further action")),
        missing=("Reference in the force's record system is not recorded.",),
        owed=a_case().owed,
        least=20,
    )


def a_proposal_read() -> ProposalRead:
    """The same, as the second person reads it."""
    return ProposalRead(
        decision=DecisionId("e" * 32),
        case_id=CASE_ID,
        as_of=3,
        reference=a_case().reference,
        version=1,
        words="close the case",
        subject="Closed",
        by="Priya Fernsby",
        at=NOW,
        reason="Synthetic reason of more than twenty characters.",
        owed=a_case().owed,
    )


CASE_FORMS = {
    "hand-over": case_forms.hand_over,
    "direct": case_forms.direct,
    "number": case_forms.number,
    "fact": case_forms.fact,
    "earlier-day": case_forms.held,
    "share": case_forms.share,
    "differ": case_forms.differ,
    "school": case_forms.school,
}


def case_choices() -> CaseChoices:
    """What the forms of a case offer."""
    return CaseChoices(
        reference=a_case().reference,
        people=(Choice("dafydd-larkmoor", "Dafydd Larkmoor"), Choice("priya-fernsby", "Priya Fernsby")),
        agencies=(Choice("health", "Northmere Health"),),
        questions=questions(),
        acts=a_case().act_groups,
        directions=(Choice("see", "See the child and record that it was done"),),
        not_shared=(Choice("no_need", "They have no part in keeping this child safe"),),
        differences=(Choice("grade", "How serious the risk is: the grade"),),
        differs_with=(Choice("police", "Northmere Police"),),
    )


def a_brief() -> Brief:
    """One case held about a door."""
    held = HeldCase(
        case_id=CASE_ID,
        reference=a_case().reference,
        concern="Domestic abuse",
        grade="High",
        tag=Tag.OVERDUE,
        opened_at=NOW - timedelta(days=3),
        asked_for="Assess the risk",
        children=a_detail().particulars.children,
        markers=("Was there strangulation, a weapon or a pregnancy? Yes.",),
        warnings=("Raised: a child was present.",),
        owed=("First protective action (Northmere Police)",),
        working_it=("Priya Fernsby", "a child was last seen today at 2:00pm"),
    )
    ring = (
        "Northmere Children's Social Care: Nadia Elderflower 01632 960 101",
        "999 in an emergency, 101 for the police",
    )
    return Brief(NOW, (held,), 0, ring)


def no_brief() -> Brief:
    """Nothing held."""
    return Brief(NOW, (), 0, a_brief().ring, NOTHING_HELD.format(subject="address"))


def a_restriction() -> RestrictionForm:
    """What the forms about who may know of a case offer."""
    people = (Choice("chidi-lavenham", "Chidi Lavenham"), Choice("priya-fernsby", "Priya Fernsby"))
    return RestrictionForm(a_case().reference, people, people[:1], least=20)


def an_act_form() -> ActForm:
    """An act that asks everything that one can ask."""
    people = (Choice("imani-oakhollow", "Imani Oakhollow, Northmere Police"),)
    label = "Police protection used, by the initiating officer"
    return ActForm(a_case().reference, "police_protection_used", label, frozenset(ActInput), people)


GIVEN = {
    "none-found": Inputs(
        says="None found is only as good as the checks behind it.", choose="Checks made", listed="checks", several=True
    ),
    "outcome-21": Inputs(choose="Decision", listed="outcome_21", reason="Rationale"),
    "devices": Inputs(count="How many devices"),
}
"""What acts ask to be given, one of each kind."""


def a_form_with(inputs: Inputs) -> ActForm:
    """The form of an act that asks for it."""
    choices = (
        Choice("household", "Everybody who lives or stays at the address asked about"),
        Choice("work", "Work, volunteering and clubs of the suspect checked"),
    )
    return replace(an_act_form(), label="What was done", asks=frozenset(), inputs=inputs, choices=choices, least=20)


def modals() -> Iterator[Surface]:
    """Forms and what they answer with."""
    policy = rules().policy
    yield Surface("refer-empty", view=form(policy))
    yield Surface("refer-missing", view=form(policy, concern="missing"))
    yield Surface("refer-domestic-abuse", view=form(policy, concern="domestic_abuse"))
    yield Surface("review", view=review(a_review()))
    yield Surface("sent-with-questions", view=confirmation(a_confirmation(), NOW))
    yield Surface("not-sent", view=not_sent("101", "Synthetic words, given back."))
    yield Surface(
        "refused", view=message("Not done", "SG-26-00042 is closed. Nothing more can be recorded on it from this card.")
    )
    yield Surface("told-by-phone", view=phone_told("c" * 32, [(AgencyId("health"), "Northmere Health")]))
    yield Surface(
        "proposal-close", view=as_modal(proposal(a_proposal_form()), OnCase(CASE_ID, 3), "put_forward", "close")
    )
    yield Surface("proposal-read", view=proposal_read(a_proposal_read()))
    for name, view in CASE_FORMS.items():
        yield Surface(f"case-{name}", view=as_modal(view(case_choices()), OnCase(CASE_ID, 3), "form", ""))
    yield Surface("case-record", view=as_modal(case_forms.record(an_act_form()), OnCase(CASE_ID, 3), "record", "x"))
    for name, inputs in GIVEN.items():
        given = as_modal(case_forms.record(a_form_with(inputs)), OnCase(CASE_ID, 3), "record", name)
        yield Surface(f"act-{name}", view=given)
    choices = (("priya-fernsby", "Priya Fernsby"), ("dafydd-larkmoor", "Dafydd Larkmoor"))
    yield Surface("duty-set", view=roster.set_duty("response", "Response", choices, NOW))
    yield Surface("duty-hand-over", view=roster.hand_over("response", "Response", choices))
    yield Surface("away", view=roster.away("away", "priya-fernsby", choices, (), NOW))
    yield Surface("brief-form", view=brief.form())
    yield Surface("brief", view=brief.shown(a_brief(), reader="Priya Fernsby"))
    yield Surface("brief-empty", view=brief.shown(no_brief(), reader="Priya Fernsby"))
    yield Surface("case-opened", view=detail(a_detail(), reader="Priya Fernsby"))
    looked = (
        Look(NOW, "Nadia Elderflower", "Northmere Children's Social Care", "opened it"),
        Look(NOW - timedelta(hours=3), "Priya Fernsby", "Northmere Police", "brief: Going there now"),
    )
    yield Surface("case-opened-by-its-owner", view=detail(replace(a_detail(), looked=looked), reader="Priya Fernsby"))
    on = OnCase(CASE_ID, 3)
    yield Surface("restrict", view=as_modal(restriction.restrict(a_restriction()), on, "restrict", ""))
    yield Surface("listed", view=as_modal(restriction.listed(a_restriction()), on, "listed", ""))
    yield Surface("break-glass", view=as_modal(restriction.break_glass(a_restriction()), on, "break_glass", ""))
    yield Surface(
        "brief-with-more-restricted",
        view=brief.shown(
            replace(a_brief(), restricted=("There is more that is restricted: ring Chidi Lavenham 07700 900134.",)),
            reader="Priya Fernsby",
        ),
    )


def a_matter() -> Matter:
    """An endorsement that a lead is late with."""
    return Matter(
        id=CASE_ID,
        reference=Reference("EN-0004"),
        kind=MatterKind.ENDORSEMENT,
        code="1",
        post="response",
        owner=PersonId("imani-oakhollow"),
        opened_at=NOW - timedelta(days=12),
        due_at=NOW - timedelta(days=5),
        words=rules().policy.leadership.statement,
    )


def a_matter_read() -> MatterRead:
    """The same, opened by whoever was asked."""
    matter = a_matter()
    said = EvidenceRead(
        NOW - timedelta(days=2), "Gareth Winterlea", "Synthetic evidence of more than twenty characters."
    )
    return MatterRead(
        id=CASE_ID,
        version=1,
        reference=matter.reference,
        kind=matter.kind,
        code="1",
        owner="Imani Oakhollow",
        words=matter.words,
        state="open",
        due_at=matter.due_at,
        late=True,
        own=True,
        least=20,
        evidence=(said,),
        may_report=True,
    )


def for_leaders() -> Iterator[Surface]:
    """What leaders owe in person: messages, forms and lists."""
    matter, directory, on = a_matter(), rules().directory, OnCase(CASE_ID, 1)
    case = replace(a_case(), reference=matter.reference, grade=FOR_LEADERS, concern="Endorsement")
    own = (Choice("form:endorse", "Read and answer"),)
    text = "EN-0004: you are asked to endorse in person the statement on child safeguarding, version 1. It climbs if it is late."
    yield Surface("leader-asked", LineLetter(case, text, own))
    item = replace(a_reminder().items[0], title="Leader's endorsement", missed=())
    yield Surface("leader-reminder", replace(a_reminder(), case=case, items=(item,), choices=own))
    text = "SG-26-00042: its grade was drawn by lot for a second reading, and you had no hand in it."
    answers = (Choice("open", "Open"), Choice("read_right:g1", "It is right"), Choice("read_too_low:g1", "Too low"))
    yield Surface("grade-drawn", LineLetter(a_case(), text, answers))
    read = a_matter_read()
    yield Surface("endorse", view=as_modal(leaders.endorse(read), on, "endorse", ""))
    yield Surface("endorse-read", view=as_modal(leaders.endorse(replace(read, own=False)), on, "endorse", ""))
    r3 = replace(read, code="R3", words="Online investigation puts the safety of children first.")
    yield Surface("recommendation", view=as_modal(leaders.progress(r3), on, "progress", ""))
    days = (UnitDay(TeamId("response"), None, NOW.date(), None, 2), UnitDay(TeamId("response"), None, NOW.date(), 3, 2))
    yield Surface(
        "counts", view=as_modal(leaders.counts(replace(read, code="response"), days, directory), on, "counts", "")
    )
    yield Surface("unit-count", view=leaders.count((Choice("response", "Response"),), NOW.date()))
    rows = (
        EndorsementRow("chief_officer", "Chief officer", PersonId("marguerite-stormvale"), Stand.WAITS),
        EndorsementRow("response", "Response", matter.owner, Stand.LATE, matter),
    )
    yield Surface("endorsements", page=leaders.endorsements(rows, directory, matter.owner, NOW, may_begin=True))
    begun = (replace(rows[0], stand=Stand.NOT_BEGUN),)
    yield Surface(
        "endorsements-not-begun", page=leaders.endorsements(begun, directory, matter.owner, NOW, may_begin=True)
    )
    planned = PlanRow(replace(matter, code="R3", kind=MatterKind.RECOMMENDATION), 0, None, asked=False)
    yield Surface("action-plan", page=leaders.plan((planned,), directory, NOW))
    yield Surface("action-plan-empty", page=leaders.plan((), directory, NOW))


def own_places() -> Iterator[Surface]:
    """Home, the picker, lists and help: what one person alone sees."""
    page = an_overview()
    yield Surface("home", view=home(page))
    yield Surface("home-leader", view=home(replace(page, force=a_force())))
    yield Surface("home-nothing-waits", view=home(replace(page, late=(), waiting=(), drafts=())))
    yield Surface("home-record-away", view=unreadable("101"))
    yield Surface("picker", view=picker(OwnCases((a_choice(),), (a_choice(43), a_choice(44)))))
    yield Surface("picker-empty", view=picker(OwnCases((), ())))
    yield Surface("mine", page=lists.mine(page))
    yield Surface("team", page=lists.team(page))
    yield Surface("drafts", page=drafts(page.drafts, NOW))
    yield Surface("help", page=guide(help_rows(), phone="101"))
    yield Surface("help-after-a-typo", page=guide(help_rows(), phone="101", meant="/safeguarding mine", unknown=True))
    queue = (DeviceRow(Band.P1, 3, 1, 2, 3, NOW - timedelta(days=41)), DeviceRow(Band.P3, 9, 0, 0, 4, NOW))
    yield Surface("devices", page=workloads.devices(queue, NOW))
    yield Surface("devices-none", page=workloads.devices((), NOW))
    person, nobody = PersonLoad(PersonId("priya-fernsby"), 14, NOW - timedelta(days=90)), PersonLoad(None, 1, NOW)
    weeks = (WeekLoad(NOW - timedelta(days=7), 9, 4, 12), WeekLoad(NOW, 8, 5, 15))
    load = TeamLoad(3, 15, (person, nobody), weeks)
    yield Surface("load", page=workloads.load("Online investigation", load, rules().directory, NOW))
    yield Surface(
        "images-found", page=discovery.page(Discovery(("Online investigation: Ola Reedham-Moss 07700 900112",)))
    )
    yield Surface("how-to", page=how_to(partner=False, emergency="999", phone="101"))
    yield Surface("how-to-partner", page=how_to(partner=True, emergency="999", phone="101"))


def for_partners() -> Iterator[Surface]:
    """What people of other organisations, where no form opens, have in its place."""
    yield Surface("concern-card", page=concern_card(rules().policy, rules().directory))
    in_place = as_message(case_forms.record(an_act_form()), OnCase(CASE_ID, 3), "record", "x")
    yield Surface("case-record-in-place", page=in_place)
    for name, inputs in GIVEN.items():
        placed = as_message(case_forms.record(a_form_with(inputs)), OnCase(CASE_ID, 3), "record", name)
        yield Surface(f"act-{name}-in-place", page=placed)
    yield Surface("card-opened", page=whole(a_case()))
    for name, view in CASE_FORMS.items():
        form_view = replace(view(case_choices()), reference=a_case().reference)
        yield Surface(f"case-{name}-in-place", page=as_message(form_view, OnCase(CASE_ID, 3), "form", ""))


def surfaces() -> Mapping[str, Surface]:
    """Every one by name."""
    makers: tuple[Callable[[], Iterator[Surface]], ...] = (
        messages,
        modals,
        for_leaders,
        own_places,
        for_partners,
    )
    return {surface.name: surface for make in makers for surface in make()}


def drawn_text(surface: Surface) -> str:
    """The sentence for a lock screen."""
    return draw(surface.outgoing).text
