"""Who owns one thing that is owed: the person whom an act names, such as the designated officer."""

from dataclasses import replace

from bot.services.changes import Change


def name_owners(change: Change) -> None:
    """Give each open deadline of the case the owner whom the newest act about it names, whichever of the two came first."""
    policy = change.policy
    owners = {
        kind: act.named
        for act in change.uow.cases.acts(change.case.id)
        if act.named is not None and act.code in policy.acts
        for kind in policy.acts[act.code].owns
    }
    for deadline in change.deadlines:
        owner = owners.get(deadline.kind)
        if deadline.is_open and owner is not None and owner != deadline.owner:
            change.put(replace(deadline, owner=owner))
