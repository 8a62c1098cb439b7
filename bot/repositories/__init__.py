"""Repositories: what the core asks of its records, one Protocol a subject. Storage and the fakes implement them."""

from bot.repositories.casework import Cases, Deadlines, Decisions
from bot.repositories.delivery import Cards, Drafts, Inbox, Marks, Outbox
from bot.repositories.disagreements import Disagreements
from bot.repositories.gathering import Gathering
from bot.repositories.leaders import GradeReads, Matters, UnitCounts
from bot.repositories.oversight import Audit, Reports, WeekCounts
from bot.repositories.overview import ForcePicture, Overview, Owing, Tally
from bot.repositories.requests import Requests
from bot.repositories.roster import Roster, Rulebook
from bot.repositories.routes import Routes
from bot.repositories.synthetic import Synthetic
from bot.repositories.undertakings import Handovers, Holds
from bot.repositories.workloads import Workloads

__all__ = [
    "Audit",
    "Cards",
    "Cases",
    "Deadlines",
    "Decisions",
    "Disagreements",
    "Drafts",
    "ForcePicture",
    "Gathering",
    "GradeReads",
    "Handovers",
    "Holds",
    "Inbox",
    "Marks",
    "Matters",
    "Outbox",
    "Overview",
    "Owing",
    "Reports",
    "Requests",
    "Roster",
    "Routes",
    "Rulebook",
    "Synthetic",
    "Tally",
    "UnitCounts",
    "WeekCounts",
    "Workloads",
]
