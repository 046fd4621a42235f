"""The French of rejections."""

from __future__ import annotations

from portolan.domain.rejections.phrasing.model import Fault, Language, Words, lines

_EST = r"(?:est|sont|etait|a ete|ont ete)"

FRENCH = Language(
    subjects={
        "nothing": lines(
            r"""
            numero de (?:commande|dossier|facture|reference|ticket)
            adresse (?:e-?mail|de facturation|electronique)
            nombre de \w+
            """
        ),
        "account number": r"numero de (?:compte|client|contrat)",
        "address": r"adresse(?: (?:d'installation|du client|de la ligne))?",
        "date": r"date (?:de portage|demandee|souhaitee|de portabilite)",
        "loa": r"mandat(?: de portabilite)?|lettre d'autorisation",
        "name": lines(
            r"""
            (?:le )?nom(?: du (?:titulaire|client|contrat))?
            raison sociale
            titulaire(?: du contrat| de la ligne)?
            nom de (?:la societe|l'entreprise)
            """
        ),
        "number": r"(?:le |les )?numeros?(?! (?:de|du|d')\b)|lignes?\b",
        "postcode": r"code postal",
        "rio": r"(?:code )?rio\b(?: (?:fourni|communique|transmis|saisi))?",
        "signature": r"signature",
        "tax id": r"siren|siret",
    },
    faults={
        Fault.FINE: Words(
            after=lines(
                r"""
                (?:est|sont) (?:bien )?(?:correcte?s?|exacte?s?|conformes?|valides?|actifs?|actives?)
                correspond(?:ent)?(?: bien)?
                """
            ),
        ),
        Fault.WRONG: Words(
            after=lines(
                r"""
                ne correspond(?:ent)? pas
                (?:est|sont) (?:incorrecte?s?|errone(?:e|es|s)?|invalides?|inexacte?s?|fau(?:x|sses?)|inconnue?s?
                    |differente?s?)
                n'(?:est|etait) pas (?:correcte?|valide|conforme|exacte?|reconnue?)
                ne sont pas (?:correct\w*|valides|conformes)
                doit etre
                devrait etre
                """
            ),
            bare=lines(
                r"""
                incorrecte?s?
                errone(?:e|es|s)?
                invalides?
                inexacte?s?
                non conformes?
                mauvais(?:e)?
                """
            ),
        ),
        Fault.MISSING: Words(
            after=lines(
                r"""
                (?:est|sont) (?:manquante?s?|absente?s?|requise?s?|obligatoires?|vides?)
                n'a pas ete (?:fournie?|communiquee?)
                manque
                """
            ),
            bare=r"manquante?s?|absence d[eu']",
        ),
        Fault.INACTIVE: Words(
            after=lines(
                rf"""
                {_EST} (?:inacti(?:f|ve)s?|resilie(?:e|es|s)?|suspendue?s?|desactive(?:e|es|s)?|coupee?s?)
                n'(?:est|etait) (?:pas|plus) (?:acti(?:f|ve)|en service)
                ne sont (?:pas|plus) (?:acti(?:f|ve)s|en service)
                """
            ),
            bare=r"inacti(?:f|ve)s?|resilie(?:e|es|s)?",
        ),
        Fault.EXPIRED: Words(
            after=rf"{_EST} (?:expire|perime)(?:e|es|s)?|a expire",
            bare=r"expire(?:e|es|s)?|perime(?:e|es|s)?",
        ),
        Fault.TOO_OLD: Words(
            after=r"(?:est|sont) trop ancien(?:ne)?s?",
        ),
        Fault.UNREADABLE: Words(
            after=r"(?:est|sont) illisibles?",
            bare=r"illisibles?",
        ),
        Fault.REFUSED: Words(
            after=lines(
                r"""
                (?:est|sont) (?:refusee?s?|indisponibles?)
                n'est pas (?:acceptee?|disponible|possible)
                """
            ),
        ),
        Fault.TOO_SOON: Words(
            bare=r"(?:est )?trop (?:proche|tot)",
        ),
        Fault.TOO_FAR: Words(
            bare=r"(?:est )?trop (?:loin|lointaine|eloignee)",
        ),
        Fault.PASSED: Words(
            after=r"(?:est|a) (?:depassee?|passee?)",
        ),
    },
    phrases=(
        (
            "PENDING_ORDER",
            lines(
                r"""
            (?:portabilite|portage|demande|commande) (?:est )?(?:deja )?en cours(?: sur| de| pour)?[ \w]{0,20}
            une autre (?:demande|commande|portabilite)
            """
            ),
        ),
        (
            "UNPAID",
            lines(
                r"""
            impayes?
            factures? (?:impayees?|non (?:reglees?|payees?))
            solde (?:impaye|du)
            dette
            """
            ),
        ),
        (
            "CONTRACT_TERM",
            lines(
                r"""
            (?:sous|periode d'|duree d'|encore) engagement
            engagement (?:en cours|non echu|restant)
            """
            ),
        ),
        ("SPECIAL_FEATURE", r"(?:adsl|degroupage|alarme|fibre)[ \w]{0,15}(?:sur|active sur) (?:la|cette) ligne"),
        ("CUSTOMER_STAYS", r"client (?:s'est retracte|souhaite rester|a annule|renonce)"),
        ("TN_NOT_PORTABLE", r"(?:numero|ligne)s? non portables?"),
    ),
    denials=r"(?:pas de|pas d'|aucune?|sans|ni)(?: \w+)?",
    settled=lines(
        r"""
        (?:a ete|ont ete|est|sont) (?:resolue?s?|regle(?:e|es|s)?|leve(?:e|es|s)?|paye(?:e|es|s)?|annule(?:e|es|s)?
            |clos(?:e|es)?)
        : ?(?:non|aucune?)\b
        """
    ),
    not_yet=r"tant que|jusqu'a|avant que|apres|des que",
    conditions=r"si|au cas ou|s'il|par exemple",
    contrasts=r"mais|cependant|toutefois|en revanche|alors que|tandis que",
    quoting=lines(
        r"""
        doit etre
        devrait etre
        (?:nos|notre) (?:dossiers?|fichiers?|base|systeme)(?: \w+)? (?:indiquent?|montrent?|comportent?|affichent?)
        correcte? est
        enregistree? (?:comme|sous)(?: le nom(?: de)?)?
        """
    ),
    knotty=r"non plus|ni|de meme",
)
