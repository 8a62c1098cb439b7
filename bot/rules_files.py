"""The rules as files: the policy and directory that the settings name, read at the start and again whenever it is asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.directory_file import DirectoryProblems, load_directory
from bot.domain.directory_rules import Fault
from bot.domain.policy import Policy
from bot.domain.rules import RulesInForce
from bot.policy_file import PolicyProblems, load_policy, policy_of_text
from bot.ports import StorageDown
from bot.rules import LiveRules, Unreadable
from bot.services import reloads
from bot.services.tools import Tools, again
from bot.settings import Settings, require_directory

log = structlog.get_logger()


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


def require_teams_in_use(settings: Settings, tools: Tools) -> None:
    """DirectoryProblems when open cases rest on a team that the directory has no more: nobody could be told of them."""
    faults = reloads.against(RulesInForce(tools.rules.policy, tools.rules.base), tools=tools)
    if faults:
        raise DirectoryProblems(require_directory(settings), faults)


@dataclass(frozen=True, slots=True)
class Reloading:
    """Reads the rules' files again while the bot runs: both are put in force together, or neither is."""

    settings: Settings
    rules: LiveRules
    tools: Tools

    def __call__(self) -> tuple[str, ...]:
        """Put the files as they are now in force; what kept them from it, a line each, naming file, key and mend.

        Rules that cannot be relied on never replace the running ones; the control channel and the log say so.
        """
        try:
            return self._read_again()
        except StorageDown:
            log.exception("rules_not_reloaded", why="the database could not be written: the running rules stay")
            return ("The database could not be written, so the running rules stay. Ask again once it can.",)

    def _read_again(self) -> tuple[str, ...]:
        try:
            files = load_rules(self.settings)
        except PolicyProblems as found:
            return self._refuse(
                [(problem.file, problem.key, problem.sentence, problem.mend) for problem in found.problems]
            )
        except DirectoryProblems as found:
            return self._refuse_directory(found.problems)
        faults = reloads.against(files, tools=self.tools)
        if faults:
            return self._refuse_directory(faults)
        again(lambda: reloads.in_force(files, tools=self.tools))()
        self.rules.put(files)
        log.info("rules_reloaded", policy=files.policy.version, directory=files.directory.version)
        return ()

    def _refuse_directory(self, faults: Iterable[Fault]) -> tuple[str, ...]:
        file = str(self.settings.vigil_directory)
        return self._refuse([(file, fault.key, fault.wrong, fault.mend) for fault in faults])

    def _refuse(self, faults: Sequence[tuple[str, str, str, str]]) -> tuple[str, ...]:
        """Say what is wrong: all of it on the log; in the channel file, key and mend, for what was typed may be an address."""
        for file, key, wrong, mend in faults:
            log.error("rules_refused", file=file, key=key, wrong=wrong, mend=mend)
        lines = [f"{Path(file).name}: {key}: {mend}" for file, key, _, mend in faults]
        again(lambda: reloads.refused(lines, tools=self.tools))()
        return tuple(f"{file}: {key}: {wrong} {mend}" for file, key, wrong, mend in faults)
