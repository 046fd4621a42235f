"""Why carriers send orders back: one taxonomy, what vendors' codes and mails mean in it, and what to do about it."""

from portolan.domain.rejections.free_text import from_text
from portolan.domain.rejections.lawfulness import Lawfulness, dispute, lawfulness
from portolan.domain.rejections.model import Disposition, Fixer, Reason, Unit, Wait
from portolan.domain.rejections.pages import alias_table, table, vendor_table
from portolan.domain.rejections.planning import AUTOMATIC, Action, Plan, plan
from portolan.domain.rejections.reasons import ALIASES, REASONS, canonical, reason
from portolan.domain.rejections.rejection import PRINTED, Rejection
from portolan.domain.rejections.vendors import VENDORS, from_vendor, meanings

__all__ = [
    "ALIASES",
    "AUTOMATIC",
    "PRINTED",
    "REASONS",
    "VENDORS",
    "Action",
    "Disposition",
    "Fixer",
    "Lawfulness",
    "Plan",
    "Reason",
    "Rejection",
    "Unit",
    "Wait",
    "alias_table",
    "canonical",
    "dispute",
    "from_text",
    "from_vendor",
    "lawfulness",
    "meanings",
    "plan",
    "reason",
    "table",
    "vendor_table",
]
