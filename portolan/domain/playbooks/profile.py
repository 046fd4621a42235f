"""What a profile of a carrier is, and how one is found by name. `profiles` has those that are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portolan.domain.playbooks.values import Value


@dataclass(frozen=True)
class Profile:
    """One carrier's own ways.

    Attributes:
        name: What requests call it; case and spacing do not matter.
        title: What people call it.
        values: Fields of a policy, for every playbook.
        by_playbook: More of them, for single playbooks by code.
        facts: What people should know beyond that, each under a few words.
        aliases: Other names of it.
    """

    name: str
    title: str
    values: Mapping[str, Value] = field(default_factory=dict)
    by_playbook: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    facts: Mapping[str, Value] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()

    def over(self, playbook: str) -> Mapping[str, Value]:
        """What it says over the playbook of this code."""
        return {**self.values, **self.by_playbook.get(playbook, {})}


def plain(name: str) -> str:
    """A carrier's name as it is looked up: lower case, single spaces, no underscores."""
    return " ".join(name.replace("_", " ").casefold().split())


def find(profiles: Mapping[str, Profile], name: str) -> Profile | None:
    """The profile of that name or alias, or None where nothing is known of the carrier."""
    return profiles.get(plain(name))


def vendor_of(profiles: Mapping[str, Profile], account: str) -> str:
    """The vendor of a carrier account, by its name: `telnyx` and `telnyx-eu` are both at Telnyx.

    A name that is itself a carrier's, or begins with no carrier's, stays as it is.
    """
    vendor, dash, _ = account.partition("-")
    return vendor if dash and not find(profiles, account) and find(profiles, vendor) else account


def canonical(profiles: Mapping[str, Profile], name: str) -> str:
    """The one plain name under which decisions about a carrier are kept, whichever of its names was used."""
    profile = find(profiles, name)
    return plain(profile.name if profile else name)
