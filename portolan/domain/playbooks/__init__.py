"""Playbooks: the rules of one jurisdiction and number class, as data with a source for each value.

Provenance: L law or regulator, I industry body, C carrier document, S the project's founding material,
P practitioner, U unsourced. L and I are rules; the rest are defaults that an operator may change.
"""

from portolan.domain.playbooks.catalogue import PLAYBOOKS, choose
from portolan.domain.playbooks.model import Playbook, Policy, Value

__all__ = ["PLAYBOOKS", "Playbook", "Policy", "Value", "choose"]
