"""Words of street addresses and their abbreviations: one family a line, written as they are, separated by spaces.

The English families are those of USPS Publication 28, appendix C, with what the United Kingdom, Ireland, Canada and
Nigeria add; the others are what the post of the country prints. They serve to say "the same address abbreviated",
never to treat two addresses as equal.
"""

from __future__ import annotations

ENGLISH = """
alley allee ally aly
annex anex annx anx
arcade arc
avenue av ave aven avenu avn avnue
bayou bayoo byu
beach bch
bend bnd
bluff bluf blf
bluffs blfs
bottom bot bottm btm
boulevard blvd boul boulv bvd bd bld
branch brnch br
bridge brdge brg
brook brk
brooks brks
burg bg
bypass byp bypa bypas byps
camp cp cmp
canyon canyn cnyn cyn
cape cpe
causeway causwa cswy
center cen cent centr centre cnter cntr ctr
centers ctrs centres
circle cir circ circl crcl crcle
circles cirs
cliff clf
cliffs clfs
close cl clo
club clb
common cmn
commons cmns
corner cor crnr
corners cors
course crse
court ct crt
courts cts
cove cv
coves cvs
creek crk
crescent cres crsent crsnt cresc
crest crst
crossing crssng xing
crossroad xrd
crossroads xrds
curve curv
dale dl
dam dm
divide div dv dvd
drive dr driv drv
drives drs
estate est
estates ests
expressway exp expr express expw expy
extension ext extn extnsn
extensions exts
falls fls
ferry frry fry
field fld
fields flds
flat flt
flats flts
ford frd
forest forests frst
forge forg frg
fork frk
forks frks
fort frt ft
freeway freewy frway frwy fwy
garden gardn grden grdn gdn
gardens gdns grdns
gateway gatewy gatway gtway gtwy
glen gln
green grn
greens grns
grove grov grv gro
groves grvs
harbor harb harbr hbr hrbor harbour
haven hvn
heights ht hts hgts
highway highwy hiway hiwy hway hwy
hill hl
hills hls
hollow hllw holw hollows holws
inlet inlt
island islnd is isl
islands islnds iss
isle isles
junction jct jction jctn junctn juncton
junctions jcts jctns
key ky
keys kys
knoll knl knol
knolls knls
lake lk
lakes lks
landing lndg lndng
lane ln la
light lgt
loaf lf
lock lck
locks lcks
lodge ldg ldge lodg
loop loops
mall mal
manor mnr
manors mnrs
meadow mdw
meadows mdws medows
mews mws
mill ml
mills mls
mission missn mssn msn
motorway mtwy
mount mnt mt
mountain mntain mntn mountin mtin mtn
mountains mntns mtns
neck nck
orchard orch orchrd
oval ovl
overpass opas
parade pde
park prk pk
parkway parkwy pkway pkwy pky parkways pkwys
passage psge
path paths
pike pikes
pine pne
pines pnes
place pl plc
plain pln
plains plns
plaza plz plza
point pt
points pts
port prt
ports prts
prairie pr prr
quadrant quad
radial rad radiel radl
ranch ranches rnch rnchs
rapid rpd
rapids rpds
rest rst
ridge rdg rdge
ridges rdgs
river riv rvr rivr
road rd
roads rds
route rte
saint st snt
shoal shl
shoals shls
shore shoar shr
shores shoars shrs
skyway skwy
spring spg spng sprng
springs spgs spngs sprngs
spur spurs
square sq sqr sqre squ
squares sqrs sqs
station sta statn stn
stravenue stra strav straven stravn strvn strvnue
stream streme strm
street st str strt
streets sts
summit smt sumit sumitt
terrace ter terr tce
throughway trwy
trace trce traces
track trak trk trks tracks
trafficway trfy
trail trl trails trls
tunnel tunl tunel tunls tunnels tunnl
turnpike trnpk trpk turnpk tpke
underpass upas
union un
unions uns
upperway upwy
valley vally vlly vly
valleys vlys
viaduct vdct via viadct
view vw
views vws
village vill villag villg villiage vlg
villages vlgs
ville vl
vista vis vist vst vsta
walk wlk walks
way wy
well wl
wells wls
yard yd
industrial ind indl
trading trdg
business bus
"""

GERMAN = """
straße strasse str
platz pl
weg wg
allee al
gasse g
chaussee ch
promenade prom
sankt st skt
"""

FRENCH = """
rue r
avenue av ave
boulevard bd bld boul blvd
chemin ch che chem
place pl
route rte rt
impasse imp
allée all
allées all
square sq
quai q qu
cours crs
passage pass pas
faubourg fbg fg
esplanade esp
résidence res
lotissement lot
sente sen
traverse tra
villa vla
rond-point rpt
saint st
sainte ste
zone z
immeuble imm
"""

IBERIAN = """
calle c cl cll
avenida av avd avda
plaza pl pza plza plz
paseo pº p.º pso
carretera ctra crta cra
camino cno cmno
ronda rda
travesía trva trav trv
glorieta gta gl
urbanización urb
polígono pol pg
pasaje pje psje
rambla rbla
rua r
praça pç pca
travessa tv trv tr
estrada estr
largo lg lgo
alameda al
rodovia rod
"""

ITALIAN = """
via v
viale v.le vle
piazza p.za p.zza pza pzza
piazzale p.le ple
corso c.so cso
largo l.go lgo
vicolo vic v.lo
strada str
lungomare lung
località loc
frazione fraz
"""

DUTCH_NORDIC_POLISH = """
straat str
laan ln
plein pln
gracht gr
gatan gata g
vägen väg v
gate gt
veien vei vn
plass pl
ulica ul
aleja aleje al
plac pl
osiedle os
"""

STREETS = (ENGLISH, GERMAN, FRENCH, IBERIAN, ITALIAN, DUTCH_NORDIC_POLISH)

#: Endings of German and Dutch street names that are abbreviated within the word; those with a full stop only so.
COMPOUND_ENDINGS = ("straße", "strasse", "straat", "str", "platz", "pl.", "weg", "wg.", "allee")

#: USPS Publication 28, table 2.3.1; with the French and Spanish words of Canada and Puerto Rico.
DIRECTIONALS = """
north n nord norte
south s sud sur süd
east e est este ost
west w ouest oeste
northeast ne
northwest nw
southeast se
southwest sw
"""
#: What is said in two words or with a hyphen: each half as it may be written.
HALVES = {"north": ("north", "n"), "south": ("south", "s"), "east": ("east", "e"), "west": ("west", "w")}

ORDINALS = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
sixteenth seventeenth eighteenth nineteenth twentieth
"""
