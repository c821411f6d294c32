"""A copy of an assembly, in which one template at a time is exchanged and judged by the rules."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from gate import acknowledge
from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.mutation.mutant import Mutant
from gate.posture import RULES as POSTURE
from gate.rules import RULES, check

# A rule that takes longer on a clean assembly waits until no quicker one finds anything.
_SLOW = 0.5


class Workbench:
    """Judges mutants of one assembly. What a clean copy is told is no verdict on a mutant."""

    def __init__(self, assembly: Path, folder: Path) -> None:
        copy_assembly(assembly, folder)
        self._folder = folder
        self._known = acknowledge.read()
        self.noise: set[Finding] = set()
        """What the clean assembly is told, and nobody acknowledged: it should be nothing."""
        self._rules = self._quickest_first()

    def kill(self, mutant: Mutant) -> Finding | None:
        """What the first rule finds that finds anything in a mutant, and not in the clean copy."""
        path = self._folder / mutant.path
        clean = path.read_bytes()
        path.write_text(json.dumps(mutant.template), encoding="utf-8")
        try:
            assembly = Assembly.read(self._folder)
            for rule in self._rules:
                new = [each for each in self._judge(assembly, rule) if each not in self.noise]
                if new:
                    return new[0]
        finally:
            path.write_bytes(clean)
        return None

    def _quickest_first(self) -> list[Rule]:
        """The rules in their order, but for those that take long."""
        assembly = Assembly.read(self._folder)
        slow = []
        for rule in RULES:
            self._judge(assembly, rule)  # loads what the rule keeps
            started = time.monotonic()
            self.noise |= set(self._judge(assembly, rule))
            if time.monotonic() - started > _SLOW:
                slow.append(rule)
        posture = [rule for rule in RULES if rule in POSTURE and rule not in slow]
        return [*posture, *(rule for rule in RULES if rule not in (*posture, *slow)), *slow]

    def _judge(self, assembly: Assembly, rule: Rule) -> list[Finding]:
        return acknowledge.unacknowledged(check(assembly, [rule]), self._known)


def copy_assembly(assembly: Path, folder: Path) -> None:
    """Copy manifests and templates; assets, which no mutant changes, are linked."""
    folder.mkdir(parents=True)
    for path in sorted(assembly.iterdir()):
        if path.is_dir() and path.name.startswith("assembly-"):
            copy_assembly(path, folder / path.name)
        elif path.is_dir():
            (folder / path.name).symlink_to(path.resolve(), target_is_directory=True)
        else:
            shutil.copyfile(path, folder / path.name)
