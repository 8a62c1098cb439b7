"""The rules as one value: a policy and a directory that hold together."""

from dataclasses import dataclass

from bot.domain.directory import Directory
from bot.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The policy and directory that hold now; for a case, the policy that it opened under and today's directory."""

    policy: Policy
    directory: Directory
