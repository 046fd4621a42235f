"""Write docs/rejections.md: `python -m tests.domain.rejections.page`."""

from pathlib import Path

from portolan.domain.rejections import VENDORS, alias_table, table, vendor_table

PAGE = Path(__file__).parents[3] / "docs" / "rejections.md"

TEXT = """\
# Why carriers send orders back

Every carrier has its own words for a rejection. Portolan reads them into one taxonomy, and keeps the carrier's own code
and text beside it. This page is generated: `python -m tests.domain.rejections.page`.

```sh
portolan rejections                                   # all reasons
portolan rejections PIN_INVALID                       # one of them: what it means, who fixes it, how
portolan rejections 7401 --vendor bandwidth           # a vendor's code
portolan rejections --text "There is a pending order on the account."
```

## How a rejection becomes an action

1. **A code** counts whole: 7401 and 74010, LNP107S and LNP107J are different. A code that its vendor uses for several
   reasons is settled by the text; where that does not settle it, it is `OTHER` with the reasons it may be.
2. **Words** are read for what they clearly say (English first, the basics of German, French and Spanish). What is said
   to be fine, denied, asked or only supposed does not count. Whatever is not clear is `OTHER`, with the words: a person
   reads it.
3. **All reasons together** make one plan, because losing carriers often stop at the first fault:

| the reasons | what happens |
| --- | --- |
| only notices | nothing |
| all on grounds that the playbook's rules do not allow | a dispute is drafted, and somebody sends it |
| all about single numbers that are named: some of the order's, not its main number | an order of their own |
| one, on a lawful ground, that cannot be cured for the whole order | it is given up, once somebody confirms |
| one that needs somebody to act or decide | a person, with every field that has to be corrected |
| one about a field | correct it and send a supplement |
| otherwise one about the letter | a new signature |
| otherwise one that time cures | wait for the slowest, then send again, or ask the carrier where the order stands |
| otherwise one about the date | the next good date is asked for |
| only failures of a system | it is sent again |

Which codes of different carriers mean the same, and what is done, is Portolan's reading of the carriers' texts; nobody
publishes such a mapping. How long a cure takes is what practice shows, not a promise. Sources carry the letters of the
playbooks: L law, I industry body, C carrier, S the project's founding material, P practitioner, U unsourced.

## The reasons

{table}

## Other names for them

{aliases}

## Vendors' codes

A code in several lines is settled by the text that comes with it; a code in brackets means this only where the text
says so. Bandwidth also passes on the codes of losing carriers (E1, 8D ...) and of its off-net vendor (`level3`).

{vendors}
"""


def page() -> str:
    """The whole page."""
    vendors = "\n\n".join(f"### {name}\n\n{vendor_table(name)}" for name in VENDORS)
    return TEXT.format(table=table(), aliases=alias_table(), vendors=vendors)


if __name__ == "__main__":
    PAGE.write_text(page())
