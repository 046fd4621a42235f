"""The Spanish of rejections."""

from __future__ import annotations

from portolan.domain.rejections.phrasing.model import Fault, Language, Words, lines

_ESTA = r"(?:esta|estan|es|son|ha sido|fue)"

SPANISH = Language(
    subjects={
        "nothing": lines(
            r"""
            numero de (?:pedido|factura|referencia|solicitud)
            direccion (?:de correo|de facturacion|de email)
            """
        ),
        "account number": r"numero de (?:cuenta|cliente|contrato)",
        "address": r"direccion(?: (?:del servicio|de instalacion))?|domicilio",
        "date": r"fecha (?:solicitada|de portabilidad|de la portabilidad|de cambio)",
        "name": lines(
            r"""
            (?:el )?nombre (?:del (?:titular|cliente|abonado)|de la empresa)
            el nombre
            razon social
            titular(?:idad)?(?: de la linea)?
            """
        ),
        "number": r"(?:el |los )?numeros?(?! de\b)|lineas?\b",
        "postcode": r"codigo postal",
        "signature": r"firma",
        "tax id": r"n\.?i\.?f\b|c\.?i\.?f\b|d\.?n\.?i\b",
    },
    faults={
        Fault.FINE: Words(
            after=rf"coinciden?|{_ESTA} (?:correct[oa]s?|activ[oa]s?|valid[oa]s?)",
        ),
        Fault.WRONG: Words(
            after=lines(
                rf"""
                no (?:coinciden?|corresponden?)
                {_ESTA} (?:incorrect[oa]s?|erroneo?a?s?|invalid[oa]s?|equivocad[oa]s?)
                no (?:es|son) (?:correct[oa]s?|valid[oa]s?)
                debe ser
                deberia ser
                no consta
                """
            ),
            bare=r"incorrect[oa]s?|errone[oa]s?|invalid[oa]s?|no valid[oa]s?|equivocad[oa]s?",
        ),
        Fault.MISSING: Words(
            after=lines(
                r"""
                faltan?
                no (?:se )?(?:ha sido )?(?:facilitad[oa]|proporcionad[oa]|indicad[oa])
                (?:es|son) (?:obligatori[oa]s?|requerid[oa]s?)
                """
            ),
            bare=r"faltan?(?: el| la)?",
        ),
        Fault.INACTIVE: Words(
            after=lines(
                rf"""
                {_ESTA} (?:inactiv[oa]s?|dad[oa]s? de baja|suspendid[oa]s?|cancelad[oa]s?|desconectad[oa]s?)
                no (?:esta|estan) (?:activ[oa]s?|en servicio)
                """
            ),
            bare=r"inactiv[oa]s?|dad[oa]s? de baja",
        ),
        Fault.EXPIRED: Words(
            after=rf"{_ESTA} (?:caducad[oa]|vencid[oa])s?|ha caducado",
            bare=r"caducad[oa]s?",
        ),
        Fault.REFUSED: Words(
            after=r"no es (?:posible|valida|aceptada)|(?:es|fue|ha sido) rechazad[oa]",
        ),
        Fault.TOO_SOON: Words(
            bare=r"(?:es )?demasiado (?:pronto|cercana|proxima)",
        ),
        Fault.TOO_FAR: Words(
            bare=r"(?:es )?demasiado lejana",
        ),
    },
    phrases=(
        (
            "PENDING_ORDER",
            lines(
                r"""
            (?:portabilidad|solicitud|pedido|orden) (?:ya )?(?:en curso|pendiente|en tramite)
            otra (?:solicitud|portabilidad)(?: \w+)?
            """
            ),
        ),
        (
            "UNPAID",
            lines(
                r"""
            (?:factura|saldo|importe)s? (?:impagad[oa]s?|pendientes?)
            deudas?(?: pendientes?)?
            impagos?
            """
            ),
        ),
        ("CONTRACT_TERM", r"(?:compromiso de )?permanencia"),
        ("CUSTOMER_STAYS", r"cliente (?:ha )?(?:desistid?o|cancelado|decidido quedarse|desiste)"),
    ),
    denials=r"(?:no hay|sin|ningun|ninguna|no tiene|no existe)(?: \w+)?",
    settled=lines(
        r"""
        (?:ha sido|han sido|esta|estan) (?:resuelt[oa]s?|pagad[oa]s?|cancelad[oa]s?|cerrad[oa]s?|levantad[oa]s?)
        : ?(?:no|ningun[oa]?)\b
        """
    ),
    not_yet=r"hasta que|antes de|despues de|una vez",
    conditions=r"si|en caso de|por ejemplo",
    contrasts=r"pero|sin embargo|sino|aunque|mientras que",
    quoting=lines(
        r"""
        debe ser
        deberia ser
        (?:nuestros registros|nuestro sistema) (?:muestran?|indican?)
        consta(?:n)?(?: como)?
        l[oa] correct[oa] es
        """
    ),
    knotty=r"tampoco|ni|tambien",
)
