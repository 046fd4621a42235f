"""Playbooks: the rules of one jurisdiction and number class, as data with a source for each value.

Provenance: L law or regulator, I industry body, R verified by running code, S the project's founding material,
C carrier document, P practitioner, U unsourced. L, I and R are rules; the rest are defaults that an operator or a
request may change. Profiles of carriers lie over a playbook, and decisions over both; `layers` says how.
"""

from portolan.domain.playbooks.catalogue import EU_MEMBERS, PLAYBOOKS, choose
from portolan.domain.playbooks.eu import at_home
from portolan.domain.playbooks.layers import breaks_rule
from portolan.domain.playbooks.lead_times import lead_days
from portolan.domain.playbooks.model import Misfit, Override, Playbook, Policy
from portolan.domain.playbooks.profile import Profile
from portolan.domain.playbooks.profiles import GAINING, LOSING
from portolan.domain.playbooks.resolve import Operator, layers_over, resolve
from portolan.domain.playbooks.us import is_simple
from portolan.domain.playbooks.values import RULES, Change, Value

__all__ = [
    "EU_MEMBERS",
    "GAINING",
    "LOSING",
    "PLAYBOOKS",
    "RULES",
    "Change",
    "Misfit",
    "Operator",
    "Override",
    "Playbook",
    "Policy",
    "Profile",
    "Value",
    "at_home",
    "breaks_rule",
    "choose",
    "is_simple",
    "layers_over",
    "lead_days",
    "resolve",
]
