"""Who signs: the LOA's signer against everybody whom the record lets sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from portolan.domain.reconciliation.characters import key
from portolan.domain.reconciliation.findings import Finding, first_named
from portolan.domain.reconciliation.lexicon import PLAIN
from portolan.domain.reconciliation.lexing import Token
from portolan.domain.reconciliation.model import Category, gravest, rank, severity_rank
from portolan.domain.reconciliation.wording import Language, compare
from portolan.domain.reconciliation.words import Judgement, judge_words, slip, swapped

#: Names that one person goes by. They explain a difference; a carrier that has "Robert" does not take "Bob".
_CALLED = """
abigail abby gail
albert al bert
alexander alex sandy sascha
alexandra alex sandra
alfred fred alf
andrew andy drew andreas
anthony tony anton
antonio toni toño
barbara barb babs
benjamin ben benny
bernard bernie
bradley brad
bridget biddy
catherine katherine kathryn cathy kate katie kathy kay
charles charlie chuck chas
christina christine chris tina
christopher chris kit christoph
cynthia cindy
daniel dan danny
david dave davy
deborah deb debbie debra
donald don donnie
dorothy dot dottie
douglas doug
edward ed eddie ted ned
eleanor ellie nell
elizabeth beth betty liz lizzie eliza lisa
emily em
eugene gene
florian flo
frances fran franny
francis frank
francisco paco pancho
franz franzl
frederick fred freddie rick
gabriel gabe
gerald jerry gerry
gregory greg
guillermo memo
harold harry hal
heinrich heinz
henry harry hank
jacob jake
jacqueline jackie
james jim jimmy jamie
janet jan
jennifer jen jenny
jeffrey jeff geoffrey geoff
jessica jess jessie
joanna joanne jo
johannes hannes hans jo
john jack johnny jon
jonathan jon jonny
jose pepe
joseph joe joey jo
josephine josie jo
joshua josh
judith judy
katharina kathi käthe
kenneth ken kenny
kimberly kim
lawrence larry
leonard len lenny
luis lucho
manuel manolo
margaret maggie meg peggy marge
matthew matt
maximilian max
michael mike mick mickey michi
nathaniel nathan nate
nicholas nick nicky nikolaus klaus
oluwaseun seun
pamela pam
patricia pat patty tricia
patrick pat paddy
peter pete
philip phil
rebecca becky
richard rich rick dick ricky
robert rob bob bobby robbie bert
ronald ron ronnie
samantha sam
samuel sam sammy
sebastian basti seb
stephen steven steve
stephanie steph steffi
susan sue susie suzanne
theodore ted theo
thomas tom tommy
timothy tim timmy
ulrich uli
victoria vicky tori
vincent vince vinny
walter walt wally
william bill billy will willy liam
wolfgang wolf
zachary zach zack
"""
_NICKNAMES: dict[str, set[int]] = {}
for _number, _line in enumerate(_CALLED.strip().splitlines()):
    for _name in _line.split():
        _NICKNAMES.setdefault(key(_name), set()).add(_number)

#: First and last name: with so many in common, a third that differs makes no other person.
_ENOUGH = 2
_TYPED = 3


class Signer(NamedTuple):
    """What differs from the nearest name on the record, and that name."""

    findings: list[Finding]
    name: str


def compare_signers(loa: str, authorized: Sequence[str]) -> Signer:
    """The LOA's signer against the names of the record, in composed form; the first is the one it names above all.

    Any of them may sign. The nearest counts; where none is near, the first.
    """
    found = [Signer(compare(loa, name, PEOPLE), name) for name in authorized]
    return min(found, key=lambda signer: _distance(signer.findings))


def _distance(findings: Sequence[Finding]) -> tuple[int, int]:
    if not findings:
        return 0, 0
    gravity = severity_rank(gravest([finding.weight for finding in findings]))
    return gravity + 1, -rank(first_named(findings).category)


def _judge(extra: Sequence[Token], missing: Sequence[Token], matched: int) -> Judgement:
    """What unmatched names amount to: the same person called otherwise, or another person."""
    judged = judge_words(extra, missing)
    if judged.category is not Category.DIFFERENT:
        return judged
    if len(extra) == len(missing):
        pairs = list(zip(extra, missing, strict=True))
    else:
        short, long = sorted((list(extra), list(missing)), key=len)
        pairs = [(token, next((one for one in long if _called(token, one)), long[0])) for token in short]
    known = [_called(mine, its) for mine, its in pairs]
    if all(known):
        return Judgement(Category.DIFFERENT, known[0])
    if matched >= _ENOUGH:
        return Judgement(Category.DIFFERENT, judged.note or "another middle name or initial")
    return Judgement(Category.SIGNER_NOT_ON_CSR)


def _called(mine: Token, its: Token) -> str:
    """Why two names may be one person's; empty where nothing says so."""
    one, other = sorted((key(mine.bare), key(its.bare)), key=len)
    if one == other:
        return "the same"
    if len(one) == 1:
        return "an initial for a name" if other.startswith(one) and len(other) > 1 else ""
    if _NICKNAMES.get(one, set()) & _NICKNAMES.get(other, set()):
        return "a short or pet name; it may be the same person, but it is not the name on record"
    if len(one) >= _TYPED and other.startswith(one):
        return "a short form of the name"
    typed = len(other) > _TYPED and (slip(one, other) or swapped(one, other))
    return "one character differs" if typed else ""


PEOPLE = Language(PLAIN, _judge)
