"""What the parts of a building are called, and the boxes that are no building at all."""

from __future__ import annotations

import re

from portolan.domain.reconciliation.characters import words

#: USPS Publication 28, appendix C2, and what other countries call a flat, a floor, a staircase.
UNITS = """
apartment apt apmt aptmt appartement appt app apartamento apto departamento dpto depto
building bldg bld bâtiment bât bat edificio edif
basement bsmt bsm
department dept dep
flat flt
floor fl flr étage etage stock piano piso planta
front frnt
hangar hngr hgr
key
lobby lbby
lot
lower lowr lwr
office ofc off oficina ofi
penthouse ph
pier
rear
room rm
side
slip
space spc sp
stop
suite ste
trailer trlr tr
unit
upper uppr upr
block blk bloque blq
entrance entr
escalier esc escalera scala sc
interno int
porte pte puerta pta porta
wohnung whg
obergeschoss og
erdgeschoss eg
hinterhaus hh
shop
plot
gate
wing
warehouse whse
door
"""

#: These may stand for any of them.
ANY_UNIT = ("#", "unit")

#: These need no number after them.
ALONE = words(
    "basement bsmt bsm front frnt lobby lbby lower lowr lwr office ofc penthouse ph rear side upper uppr upr "
    "erdgeschoss eg hinterhaus hh"
)

#: These may have their number before them: "3rd Floor", "2. OG", "5º piso".
NUMBER_BEFORE = words("floor fl flr etage stock piano piso planta obergeschoss og")

_NUMBERED = r" *(?:no|nr|n|num|number|numero)? *\d"
_END = r"(?![a-z])"

#: Boxes at a post office, in small letters without accents, with `,` between the parts of an address and a space for
#: every other sign. Sources: no carrier takes one as a service address (Outreach, Amazon Connect); USPS Publication
#: 28, section 28, for the English writings; what the posts of the other countries print.
_ANYWHERE = (
    r"p *[o0] *(?:b[o0]x|bx|drawer)" + _END,
    r"p *[o0] *b" + _NUMBERED,
    r"post(?:al)? *office *b(?:[o0]x|x)" + _END,
    r"post(?:al)? *box(?=" + _NUMBERED + r"| *(?:,|$))",
    r"g *p *o *box" + _END,
    r"lock(?:ed)? *(?:box|bag)" + _END,
    r"private *(?:mail *)?bag" + _END,
    r"p *m *b" + _NUMBERED,
    r"caller *(?:service|box|no\b)",
    r"postfach" + _END,
    r"postf" + _NUMBERED,
    r"boite *postale" + _END,
    r"case *postale" + _END,
    r"b *p" + _NUMBERED,
    r"casella *post",
    r"cas *post(?:ale)?" + _END,
    r"apartado *(?:de *)?(?:correos?|postal|aereo)" + _END,
    r"(?:apartado|apdo|aptdo|aptado)" + _NUMBERED,
    r"(?:apdo|aptdo|aptado|ap) *(?:de *)?(?:correos?|postal)" + _END,
    r"casilla *(?:de *)?(?:correos?|postal)" + _END,
    r"casilla" + _NUMBERED,
    r"caixa *postal" + _END,
    r"postbus" + _END,
    r"post *boks" + _END,
    r"postilokero" + _END,
    r"skr(?:ytka)? *poczt",
    r"postovni *prihradka",
    r"postafiok",
    r"casuta *postala",
    r"postanski *pretinac",
    r"posta *kutusu",
)
#: These mean something else within a part of an address.
_AT_THE_START_OF_A_PART = (
    r"(?:firm *caller|caller|box|bx|bin|drawer)" + _NUMBERED,
    r"pf" + _NUMBERED,
    r"(?:c *s|t *s *a) *\d{4,5}(?!\d)",
    r"c *p *\d{1,4}(?!\d)",
)
PO_BOX = re.compile(rf"\b(?=[abcglps])(?:{'|'.join(_ANYWHERE)})|(?:(?<![^,])) *(?:{'|'.join(_AT_THE_START_OF_A_PART)})")
