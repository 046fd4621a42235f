"""Comparing what the LOA says with the losing carrier's record, character by character, and saying why they differ.

`reconcile` compares a whole form and returns one `Difference` a field: what is named, and beside it everything else
that differs. `report` adds the verdict. Nothing is ever rewritten: what is suggested are the record's own characters.

| module | what it knows |
|---|---|
| `engine`, `fields` | the form: which field is compared how |
| `wording`, `words`, `lexing` | texts, word by word |
| `addresses`, `people`, `codes`, `telephones`, `number_lists` | what is particular to each kind of field |
| `lexicon`, `company_forms`, `street_words`, `unit_words` | tables of words |
| `characters` | single characters: invisible, looking alike, accented |
| `findings`, `model` | from what differs to what is said |
"""

from portolan.domain.reconciliation.engine import reconcile, report
from portolan.domain.reconciliation.fields import SECRET_FIELDS
from portolan.domain.reconciliation.model import Also, Category, Difference, Report, Severity, Verdict

__all__ = ["SECRET_FIELDS", "Also", "Category", "Difference", "Report", "Severity", "Verdict", "reconcile", "report"]
