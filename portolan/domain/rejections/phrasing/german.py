"""The German of rejections. An umlaut is folded to its vowel; spelled out (`ae`, `oe`, `ue`) it counts, too."""

from __future__ import annotations

from portolan.domain.rejections.phrasing.model import Fault, Language, Words, lines

_IST = r"(?:ist|sind|war|wurde|wurden)"

GERMAN = Language(
    subjects={
        "nothing": lines(
            r"""
            (?:bestell|auftrags|ticket|rechnungs|vorgangs)nummer
            e-?mail-?adresse
            rechnungs(?:adresse|anschrift)
            """
        ),
        "account number": r"kunden(?:konto)?nummer|kunden-?nr|vertragsnummer|kontonummer",
        "address": r"(?:anschluss)?adresse|anschrift|stras{1,2}e(?:nname)?|hausnummer|ort\b",
        "date": r"(?:wunsch|portierungs|wechsel)?termin|(?:wechsel|wunsch|portierungs)datum",
        "loa": r"vollmacht|portierungs(?:auftrag|formular)|anbieterwechselauftrag",
        "name": lines(
            r"""
            (?:name (?:des )?)?(?:anschlus{1,2}|vertrags)inhabers?
            firmenname
            kundenname
            firmierung
            (?:vor|nach)name
            name (?:des|der) (?:kunden|firma|kundin)
            name
            """
        ),
        "number": r"(?:ruf|telefon)nummern?|anschlus{1,2}e?",
        "postcode": r"postleitzahl|plz\b",
        "signature": r"unterschrift",
    },
    faults={
        Fault.FINE: Words(
            after=lines(
                r"""
                stimm(?:t|en)(?: (?:ue?berein|exakt))?
                (?:ist|sind) (?:korrekt|richtig|in ordnung|ok|aktiv|geschaltet)
                (?:ist|sind) nicht (?:falsch|fehlerhaft|das problem)
                passt
                """
            ),
            bare=r"korrekt",
        ),
        Fault.WRONG: Words(
            after=lines(
                r"""
                stimm(?:t|en) (?:\w+ ){0,5}?nicht
                passt nicht
                weich(?:t|en) (?:\w+ ){0,4}?ab
                abweich(?:t|en)
                (?:ist|sind) (?:\w+ )?(?:falsch|fehlerhaft|ungue?ltig|abweichend|unbekannt|nicht (?:korrekt|richtig
                    |identisch|bekannt|ue?bereinstimmend))
                (?:entspricht|entsprechen) nicht
                konnte nicht (?:zugeordnet|gefunden) werden
                lautet (?:bei uns|richtig|korrekt)
                """
            ),
            bare=lines(
                r"""
                falsche[rsnm]?
                falsch
                abweichende?[rsnm]?
                ungue?ltige?[rsnm]?
                fehlerhafte?[rsnm]?
                nicht identisch
                unbekannt
                """
            ),
        ),
        Fault.MISSING: Words(
            after=lines(
                r"""
                fehl(?:t|en)
                (?:ist|sind) (?:leer|erforderlich)
                (?:wurde|wurden|ist|sind) nicht angegeben
                wird benoe?tigt
                liegt nicht vor
                liegt uns nicht vor
                """
            ),
            bare=r"fehlende[rsnm]?",
        ),
        Fault.INACTIVE: Words(
            after=lines(
                rf"""
                {_IST} (?:bereits )?(?:nicht (?:mehr )?(?:aktiv|geschaltet|in betrieb)|inaktiv|gekue?ndigt
                    |abgeschaltet|deaktiviert)
                """
            ),
            bare=r"nicht (?:mehr )?aktive?[rsnm]?|inaktive?[rsnm]?",
        ),
        Fault.NOT_OURS: Words(
            after=lines(
                r"""
                gehoe?r(?:t|en) nicht (?:zu|zum)[ \w]{0,20}
                (?:ist|sind) (?:uns )?nicht (?:diesem|dem) (?:kunden|anschlus{1,2}|vertrag|konto)[ \w]{0,20}
                (?:ist|sind) nicht bei uns[ \w]{0,15}
                """
            ),
        ),
        Fault.EXPIRED: Words(
            after=r"(?:ist|sind) abgelaufen",
            bare=r"abgelaufene?[rsnm]?",
        ),
        Fault.TOO_OLD: Words(
            after=r"(?:ist|sind) (?:zu alt|ae?lter als)",
            bare=r"veraltete?[rsnm]?",
        ),
        Fault.UNREADABLE: Words(
            after=r"(?:ist|sind) (?:unleserlich|nicht lesbar)",
            bare=r"unleserliche?[rsnm]?",
        ),
        Fault.REFUSED: Words(
            after=lines(
                r"""
                (?:ist|sind|kann|wird|wurde) (?:\w+ )?(?:nicht (?:moe?glich|akzeptiert|angenommen|anerkannt
                    |eingehalten(?: werden)?|verfue?gbar)|abgelehnt)
                """
            ),
        ),
        Fault.TOO_SOON: Words(
            bare=r"(?:ist|liegt)? ?zu (?:frue?h|kurzfristig|nah)",
        ),
        Fault.TOO_FAR: Words(
            bare=r"(?:ist|liegt)? ?zu weit (?:in der zukunft|entfernt)|liegt zu weit",
        ),
        Fault.PASSED: Words(
            after=r"(?:ist|wurde) (?:verstrichen|verpasst|ue?berschritten)",
        ),
    },
    phrases=(
        (
            "PENDING_ORDER",
            lines(
                r"""
            (?:(?:es )?(?:liegt|besteht|existiert) (?:bereits|schon) (?:ein
                |eine) (?:andere[rsn]? |weitere[rsn]? |offene[rsn]? )?(?:auftrag|vorabstimmung
                |portierung(?:sauftrag)?|anbieterwechsel)(?: eines anderen \w+)?(?: vor)?|vorabstimmung (?:eines
                |mit einem) anderen (?:anbieter|ekp)\w*|anderer (?:ekp
                |anbieter) hat bereits (?:ein |eine )?(?:vorabstimmung|portierung|auftrag)\w*)
            """
            ),
        ),
        (
            "OTHER_HOLDERS_MISSING",
            lines(
                r"""
            weitere[rn]? anschlus{1,2}inhaber(?! (?:ist|sind) nicht)
            alle anschlus{1,2}inhaber mue?s{1,2}en (?:unterschreiben|unterzeichnen)
            """
            ),
        ),
        (
            "ALL_DATA",
            lines(
                r"""
            kunde (?:ist )?(?:nicht|konnte nicht) identifizier(?:bar|t werden)
            kunde nicht identifizierbar
            """
            ),
        ),
        (
            "FOC_TOO_FAR",
            lines(
                r"""
            (?:mehr als|ue?ber|ae?lter als) \d+ tage (?:in der zukunft|im voraus|entfernt)
            liegt (?:mehr als|ue?ber) \d+ tage
            """
            ),
        ),
        (
            "CONTRACT_TERM",
            lines(
                r"""
            mindestvertragslaufzeit(?: ist| lae?uft)?(?: noch)?(?: nicht (?:erreicht|abgelaufen|beendet))?
            vertrag lae?uft noch
            laufender vertrag
            """
            ),
        ),
        (
            "UNPAID",
            lines(
                r"""
            offene (?:rechnung|forderung|posten|betrag)(?:en)?
            zahlungsrue?ckstand
            unbezahlte rechnung(?:en)?
            """
            ),
        ),
        ("PORT_LOCK", r"portierungssperre|rufnummer (?:ist )?gesperrt"),
        ("PORT_TYPE_INCORRECT", r"rufnummernblock (?:ist )?(?:falsch|unvollstae?ndig)"),
        (
            "CUSTOMER_STAYS",
            lines(
                r"""
            kunde (?:hat )?(?:den (?:auftrag|wechsel) )?(?:widerrufen|zurue?ckgezogen|mo?echte bleiben)
            """
            ),
        ),
        (
            "SPECIAL_FEATURE",
            lines(
                r"""
            (?:dsl|alarmanlage|aufzugnotruf)[ \w-]{0,20}(?:an|auf|ue?ber) (?:dem|diesem|den|diesen) anschlus{1,2}
            """
            ),
        ),
    ),
    denials=r"(?:kein|keine|keinen|keiner|nicht|ohne)(?: \w+)?",
    settled=lines(
        r"""
        (?:(?:ist|sind|wurde|wurden) (?:bereits |inzwischen |jetzt )?(?:aufgehoben|erledigt|bezahlt|beglichen
            |abgeschlossen|entfernt|storniert))
        : ?(?:nein|keine?)\b
        """
    ),
    not_yet=r"bis|bevor|nachdem|sobald|solange",
    conditions=lines(
        r"""
        wenn
        falls(?! (?:on|in|under|within|outside|into|due)\b)
        sofern
        ob
        zum beispiel
        z\.b
        """
    ),
    contrasts=r"aber|jedoch|allerdings|sondern|hingegen|wae?hrend",
    quoting=lines(
        r"""
        lautet(?: (?:richtig|korrekt|bei uns|richtigerweise))?
        richtig (?:ist|wae?re|lautet)
        korrekt (?:ist|lautet|wae?re)
        (?:hinterlegt|eingetragen|gefue?hrt)(?: ist| als)?
        richtig
        """
    ),
    knotty=r"weder|ebenso ?wenig|auch nicht|ebenfalls|gleiches gilt",
)
