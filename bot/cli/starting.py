"""A first directory file from a handful of answers: one force, one team of it, and a partner when there is one."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

HEAD = """\
# Who is who: agencies, departments, teams, people, duty and cover. Every key is explained in docs/directory.md.
# Only staff are named here: never a child, never a family. Other commands list every fault of this file at once.
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A member of staff by name and Slack member ID."""

    name: str
    slack: str

    @property
    def id(self) -> str:
        """Their id in the file."""
        return slug(self.name)


@dataclass(frozen=True, slots=True)
class Staffed:
    """One agency with one team: who leads it, who is on duty, who answers for it. People may be named more than once."""

    name: str
    kind: str
    workspace: str
    team: str
    channel: str
    leader: Named
    duty: Named
    lead: Named
    head: Named
    executive: Named
    department: str = ""

    @property
    def people(self) -> tuple[Named, ...]:
        """Everybody named, each once."""
        everybody = (self.duty, self.leader, self.lead, self.head, self.executive)
        return tuple({person.id: person for person in everybody}.values())


def slug(name: str) -> str:
    """A name as an id: small letters and digits with hyphens between."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"


def directory_text(force: Staffed, partner: Staffed | None, *, control: str, force_channel: str) -> str:
    """The directory file as text."""
    agencies = [force, *([partner] if partner else [])]
    parts = [HEAD, _table({"control_channel": control, "force_channel": force_channel})]
    parts += [_titled("agency", _agency(agency)) for agency in agencies]
    parts.append(_titled("department", _department(force)))
    parts += [_titled("team", _team(agency)) for agency in agencies]
    parts += [_titled("person", row) for agency in agencies for row in _people(agency)]
    return "\n".join(parts)


def _agency(agency: Staffed) -> Mapping[str, object]:
    return {
        "id": slug(agency.name),
        "name": agency.name,
        "kind": agency.kind,
        "workspace": agency.workspace,
        "leads": [agency.lead.id],
        "heads": [agency.head.id],
        "executives": [agency.executive.id],
    }


def _department(force: Staffed) -> Mapping[str, object]:
    return {
        "id": slug(force.department),
        "agency": slug(force.name),
        "name": force.department,
        "leads": [force.lead.id],
        "superintendents": [force.head.id],
    }


def _team(agency: Staffed) -> Mapping[str, object]:
    row: dict[str, object] = {"id": slug(agency.team), "agency": slug(agency.name), "name": agency.team}
    if agency.department:
        row["department"] = slug(agency.department)
    return row | {"channel": agency.channel, "leaders": [agency.leader.id], "duty": [agency.duty.id]}


def _people(agency: Staffed) -> Iterable[Mapping[str, object]]:
    for person in agency.people:
        row: dict[str, object] = {"id": person.id, "name": person.name, "agency": slug(agency.name)}
        if person.id in {agency.duty.id, agency.leader.id}:
            row["team"] = slug(agency.team)
        yield row | {"slack": person.slack}


def _titled(name: str, row: Mapping[str, object]) -> str:
    return f"[[{name}]]\n{_table(row)}"


def _table(row: Mapping[str, object]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in row.items())


def _value(value: object) -> str:
    """A text or a list of texts as TOML, whose quoting is JSON's."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(_value(item) for item in value)}]"
    return json.dumps(str(value), ensure_ascii=False)
