"""The English of rejections: the things, what is said of them, and the small words that turn a meaning round."""

from __future__ import annotations

from portolan.domain.rejections.phrasing.english_phrases import ENGLISH_PHRASES
from portolan.domain.rejections.phrasing.model import Fault, Language, Words, lines

_BE = r"(?:is|are|was|were)"
_BE_NOT = r"(?:(?:is|are|was|were)(?: not|n't)|isnt|arent|not)"
_SO = r"(?:(?!not |no )\w+ )?"

ENGLISH = Language(
    subjects={
        "nothing": lines(
            r"""
            (?:order|ticket|reference|invoice|tracking|case|serial|version|purchase order|pon) (?:numbers?|no\b)
            (?:e-?mail|ip|billing|web) address(?:es)?
            (?:file|user|domain|carrier|provider|contact|street|host|plan) ?names?
            line items?
            number of \w+
            account (?:manager|team|data|info(?:rmation)?|details)
            account telephone
            """
        ),
        "account": lines(
            r"""
            accounts?(?! (?:numbers?|no\b|num\b|names?|pins?|holders?|owners?|codes?|passcode|type|telephone))
            """
        ),
        "account number": r"(?:billing )?(?:account|acct) ?(?:numbers?|no\b|num\b|#|codes?|id\b)|ban\b",
        "address": lines(
            r"""
            (?:(?:service|street|customer|end[- ]user|location|physical|site|premises?) )?address(?:es)?
            service location
            """
        ),
        "bill": lines(
            r"""
            (?:copy of (?:the |a |an |your )?(?:(?:most )?recent |latest |current )?(?:phone )?(?:bill|invoice)
                |(?:bill|invoice) copy|recent (?:phone )?(?:bill|invoice)|proof of billing)
            """
        ),
        "btn": lines(
            r"""
            b\.?t\.?n
            atn
            mbn
            (?:main )?billing (?:telephone |phone )?number
            account telephone number
            main billing number
            pilot number
            """
        ),
        "customer type": r"customer type|(?:business|residential) (?:flag|indicator)|type of customer",
        "date": lines(
            r"""
            foc(?: date)?
            (?:desired |requested )?due date
            ddd\b
            (?:requested|desired|port(?:ing)?|foc) (?:port )?date
            date (?:requested|selected|of port)
            """
        ),
        "loa": lines(
            r"""
            loas?\b
            cloa
            letters? of (?:authori[sz]ation|agency|authority)
            authori[sz]ation letter
            """
        ),
        "name": lines(
            r"""
            (?:(?:company|business|entity|end[- ]user|customer|subscriber|account|billing|legal
                |account holder)(?:'s)? )?names?(?: on (?:the )?(?:account|record|loa|order))?
            name of the (?:company|customer|business)
            """
        ),
        "number": lines(
            r"""
            (?:(?:telephone|phone|ported|porting|following|above|toll-?free) )?numbers?
            tns?\b
            dids\b
            lines?\b
            mdns?\b
            msisdns?\b
            \+\d[\d ().-]{6,20}\d
            """
        ),
        "pac": r"pac\b(?: code)?|porting authori[sz]ation code",
        "pin": lines(
            r"""
            (?:(?:account|transfer|port(?:ing)?(?:[- ]?out)?|number transfer|security) )?(?:pins?\b|pass ?codes?)
            ntp\b
            security code
            """
        ),
        "postcode": r"zip(?: ?code)?s?\b|postal codes?|post ?codes?",
        "resporg": r"resp(?:onsible)? ?org(?:ani[sz]ation)?(?: id)?",
        "rio": r"rio\b(?: code)?",
        "signature": r"signatures?",
        "signer": lines(
            r"""
            signer
            signatory
            person (?:who|that) signed(?: the \w+)?
            (?:end user )?authori[sz]ed (?:person|user|representative|contact|names?|signer|signature|party
                |individual)
            authori[sz](?:ing|ation) (?:person|name)
            names? of the (?:authori[sz]ed|signing) \w+
            signer'?s? name
            """
        ),
        "tax id": lines(
            r"""
            (?:last (?:4|four)(?: digits)?(?: of)?(?: the)? )?(?:ssn|social security number)
            tax id(?: number)?
            employer identification number
            """
        ),
    },
    faults={
        Fault.FINE: Words(
            after=lines(
                rf"""
                (?:{_BE}|looks?|seems?) (?:now |all |also |both )?(?:correct|ok|okay|fine|valid|good|right|verified
                    |accepted|accurate|confirmed|matching|a match|identical|in order|active|in service)
                (?:does |do |did )?match(?:es|ed)?
                (?:must|should|needs? to|has to|have to|to) (?:be )?(?:match|correct|valid|identical|active
                    |in service|legible|signed)
                {_BE_NOT} (?:wrong|incorrect|invalid|missing|required|needed|inactive|disconnected|locked
                    |the (?:problem|issue|reason))
                (?:has|have) been (?:corrected|updated|verified|accepted|confirmed|received)
                remains? (?:active|in service|unchanged)
                """
            ),
            bare=lines(
                r"""
                no (?:mis-?match(?:es)?|issues?|problems?|errors?|discrepanc(?:y|ies))(?: with| in| on| for)?
                nothing wrong with
                ok\b
                okay\b
                verified
                confirmed
                accepted
                received
                """
            ),
        ),
        Fault.WRONG: Words(
            after=lines(
                rf"""
                (?:does|do|did)(?: not|n't|nt) (?:\w+ )?(?:match|agree|correspond|exist|tally)
                {_BE_NOT} (?:\w+ )?(?:correct|right|valid|matching|accurate|the same|a match|identical|as on|what we
                    |recogni[sz]ed|known)
                {_BE} {_SO}(?:incorrect|wrong|bad|invalid|inaccurate|mismatched|different|misspelled|unknown
                    |in the past)
                {_BE_NOT} the (?:\w+ )?(?:on|in|we|listed|registered)\b
                (?:could|can)(?: ?not|n't) be (?:verified|validated|matched|found|confirmed)
                differs?
                failed (?:validation|verification)
                should (?:be|read|say)
                unknown
                """
            ),
            bare=lines(
                r"""
                mis-?match(?:es|ed|ing)?
                incorrect(?:ly)?
                wrong
                invalid
                inaccurate
                discrepanc(?:y|ies)
                unmatched
                (?:errors?|problems?) (?:in|on|with)
                (?:unable to|cannot|could not|can't) (?:verify|validate|match)
                (?:provide|supply|send|submit|give|need|require)s?(?: us)?(?: with)?(?: the| an?| your)? (?:correct
                    |valid|right)
                (?:please|to|must) correct(?: the| your)?
                """
            ),
        ),
        Fault.MISSING: Words(
            after=lines(
                rf"""
                {_BE} (?:missing|required|needed|mandatory|blank|empty|absent|omitted)
                {_BE_NOT} (?:been )?(?:provided|supplied|included|given|received|attached|present|submitted|filled in)
                (?:has|have|had)(?: not|n't) been (?:provided|supplied|included|given|received|attached|submitted)
                must be (?:provided|supplied|included|attached)
                """
            ),
            bare=lines(
                r"""
                missing
                required
                (?:provide|supply|send|submit|enter|attach|upload|need|require)s?(?: us)?(?: with)?(?: the| an?
                    | your)?
                """
            ),
        ),
        Fault.INACTIVE: Words(
            after=lines(
                rf"""
                (?:{_BE}|(?:has|have) been|shows? as|appears? to be)(?: currently| already| now)? (?:inactive
                    |disconnected|deactivated|suspended|ceased|cancell?ed|terminated|closed|out of service
                    |non-?working|vacant|unassigned)
                {_BE_NOT} (?:currently |an? )?(?:active|in service|working|live)
                (?:{_BE} )?no longer (?:active|in service|working)
                """
            ),
            bare=r"inactive|disconnected|deactivated|suspended|out of service|non-?working",
        ),
        Fault.NOT_OURS: Words(
            after=lines(
                rf"""
                {_BE_NOT} (?:found |listed )?(?:on|in|part of|assigned to|associated with|under
                    |with) (?:this |the |that |your |our |us\b|customer'?s? )?(?:\w+ )?(?:account|record|csr|network
                    |inventory|system)?
                do(?:es)?(?: not|n't|nt) belong to
                belongs? to (?:another|a different)
                {_BE_NOT} (?:ours|found|recogni[sz]ed|listed)
                """
            ),
        ),
        Fault.NOT_PORTABLE: Words(
            after=lines(
                rf"""
                {_BE_NOT} (?:portable|eligible (?:for|to) port\w*)(?!.{{0,40}}\b(?:because|due|until|since|unless
                    |while|before|as)\b)
                """
            ),
            bare=r"(?:non-?|un)portable",
        ),
        Fault.LOCKED: Words(
            after=rf"{_BE} {_SO}(?:locked|frozen|port[- ]protected)",
            bare=r"locked|port[- ]protected",
        ),
        Fault.EXPIRED: Words(
            after=rf"(?:has |have |{_BE} )?expired",
            bare=r"expired",
        ),
        Fault.TOO_OLD: Words(
            after=lines(
                rf"""
                {_BE} {_SO}(?:stale|outdated|out of date|too old)
                (?:{_BE} )?(?:more than|over|older than) \d+ days(?: old)?
                (?:{_BE} )?(?:dated|signed) (?:more than|over) \d+ days ago
                """
            ),
            bare=r"outdated|stale",
        ),
        Fault.UNREADABLE: Words(
            after=lines(
                rf"""
                {_BE} {_SO}(?:illegible|unreadable|blurr(?:y|ed))
                {_BE_NOT} (?:legible|readable)
                can(?: ?not|n't) be read
                """
            ),
            bare=r"illegible|unreadable|blurry",
        ),
        Fault.UNAUTHORISED: Words(
            after=rf"{_BE_NOT} (?:an? |listed as |the )?authori[sz]ed",
            bare=r"unauthori[sz]ed|non-?authori[sz]ed",
        ),
        Fault.REFUSED: Words(
            after=lines(
                rf"""
                {_BE_NOT} (?:accepted|acceptable|available|possible|allowed|a business day)
                {_BE} (?:rejected|refused|unavailable|declined|denied)
                {_BE} (?:on )?an? (?:\w+ )?(?:holiday|weekend|saturday|sunday|non-business day)
                falls on an? (?:\w+ )?(?:holiday|weekend|saturday|sunday)
                can(?: ?not|n't) be (?:met|accepted|accommodated|honou?red)
                """
            ),
        ),
        Fault.TOO_SOON: Words(
            bare=lines(
                r"""
                (?:is )?too (?:soon|early|close)
                does not meet the (?:minimum )?(?:lead time|interval)
                """
            ),
        ),
        Fault.TOO_FAR: Words(
            bare=r"(?:is )?too far(?: out| ahead| in the future| in advance)?",
        ),
        Fault.PASSED: Words(
            after=r"(?:has|have) (?:already )?passed|(?:was|were) missed|missed",
        ),
    },
    phrases=ENGLISH_PHRASES,
    denials=lines(
        r"""
        (?<!account )(?<!acct )(?<!order )(?:no|not|without|never|isn't|aren't|free of|instead of|nor|neither)(?: an?
            | any| the| longer)?(?: \w+)?
        """
    ),
    settled=lines(
        r"""
        (?:(?:on|at|for|with|of|to)(?: \w+){1,3} )?(?:(?:has|have) (?:now |already |since )?(?:been )?
            |was |were |is |are )(?:now |already )?(?:resolved|removed|lifted|closed|completed|cancell?ed|paid
            |cleared|settled|approved|fixed|gone)
        : ?(?:none|no|n/a)\b
        (?:is |are )?not (?:present|found|active|an issue|a problem)
        """
    ),
    not_yet=r"until|unless|once|after|before|when|as soon as",
    conditions=lines(
        r"""
        if
        in case
        should (?:you|the|your|any|this)
        whether
        (?:last|previous|earlier|prior) (?:reject(?:ion)?|order|request|submission|attempt)
        in the event
        for example
        e\.g
        """
    ),
    contrasts=r"but|however|whereas|although|though|while",
    quoting=lines(
        r"""
        should (?:be|read|say)
        must read
        (?:our|the|their|carrier) (?:records?|system|file|database) (?:shows?|says?|has|have|lists?|reads?)
        csr (?:shows?|says?|reads?|has|lists?)
        (?:on file|on record|listed|registered|shown) as
        on file(?: is)?
        correct (?:\w+ ){1,3}is
        expected(?: value)?(?: is)?
        we (?:have|show)(?: it as| this as)?
        """
    ),
    knotty=r"neither|nor|likewise|(?:the )?same (?:goes|applies)|ditto",
)
