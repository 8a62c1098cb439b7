"""Identifiers that cannot pass for one another."""

from typing import NewType

CaseId = NewType("CaseId", str)
Reference = NewType("Reference", str)
DeadlineId = NewType("DeadlineId", str)
NoticeId = NewType("NoticeId", str)
DraftId = NewType("DraftId", str)
DecisionId = NewType("DecisionId", str)
HandoverId = NewType("HandoverId", str)
RequestId = NewType("RequestId", str)
DisagreementId = NewType("DisagreementId", str)
AgencyId = NewType("AgencyId", str)
DepartmentId = NewType("DepartmentId", str)
TeamId = NewType("TeamId", str)
SchoolId = NewType("SchoolId", str)
RosterChangeId = NewType("RosterChangeId", str)
PersonId = NewType("PersonId", str)
ChannelId = NewType("ChannelId", str)
SlackUser = NewType("SlackUser", str)
Workspace = NewType("Workspace", str)

BOT = PersonId("vigil")
"""The author of what the bot does by itself; never counts as a human act."""
INTAKE = PersonId("intake")
"""Who refers the live incidents that the force's own systems send."""


def stranger(workspace: Workspace, user: SlackUser) -> PersonId:
    """The identity, recorded as given, of somebody whom the directory does not name."""
    return PersonId(f"slack:{workspace}:{user}")
