"""The rules as files: the policy and directory that the settings name, read at the start and again whenever it is asked for."""

from bot.directory_file import load_directory
from bot.domain.policy import Policy
from bot.domain.rules import RulesInForce
from bot.policy_file import PolicyProblems, load_policy, policy_of_text
from bot.rules import LiveRules, Unreadable
from bot.settings import Settings, require_directory


def load_rules(settings: Settings) -> RulesInForce:
    """The rules of the settings' files; PolicyProblems or DirectoryProblems name everything wrong at once."""
    policy = load_policy(settings.vigil_policy)
    return RulesInForce(policy, load_directory(require_directory(settings), policy.concerns))


def live_rules(settings: Settings) -> LiveRules:
    """The rules of the settings' files, in force and able to change; raises as `load_rules` does."""
    return LiveRules(load_rules(settings), read=_read)


def _read(text: str) -> Policy:
    try:
        return policy_of_text(text)
    except PolicyProblems as problems:
        raise Unreadable(str(problems)) from problems
