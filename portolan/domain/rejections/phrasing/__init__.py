"""The words in which carriers reject orders, by language."""

from portolan.domain.rejections.phrasing.english import ENGLISH
from portolan.domain.rejections.phrasing.french import FRENCH
from portolan.domain.rejections.phrasing.german import GERMAN
from portolan.domain.rejections.phrasing.model import MEANS, Fault, Language, Words
from portolan.domain.rejections.phrasing.spanish import SPANISH

#: Nobody says in which language a mail is written: all are looked for at once.
LANGUAGES: tuple[Language, ...] = (ENGLISH, GERMAN, FRENCH, SPANISH)

__all__ = ["LANGUAGES", "MEANS", "Fault", "Language", "Words"]
