"""Set phrases with which English rejections say what is wrong by themselves."""

from __future__ import annotations

from portolan.domain.rejections.phrasing.model import lines

_SO = r"(?:(?!not |no )\w+ )?"
_MANY = r"multiple|different|several|more than one|two"
_PARTS = r"carriers|accounts|rate cent(?:er|re)s|providers|resp ?orgs"
_LIST = r"(?:order|request|port|lsr|change|port-?out)s?"

ENGLISH_PHRASES: tuple[tuple[str, str], ...] = (
    (
        "PENDING_ORDER",
        lines(
            rf"""
        (?:another|existing|conflicting|open|pending) (?:\w+ )?{_LIST} (?:on|against|exists?|is (?:open|already)
            |already|in progress|must be|needs? to be|has to be|prevents?)
        (?:there (?:is|are)(?: already| currently)?|has|have|due to|because of|found|shows?|detected|reason ?:
            |rejected ?[:-])(?: an?| the| another)? (?:another|existing|conflicting|open|pending) (?:\w+ )?{_LIST}
        ^\W*pending (?:\w+ )?{_LIST}\W*$
        """
        ),
    ),
    (
        "PORT_LOCK",
        lines(
            r"""
        port(?:ing)?[- ](?:freeze|protection|lock|block|guard)
        local (?:service )?freeze
        lspf
        number lock
        """
        ),
    ),
    (
        "SPECIAL_FEATURE",
        lines(
            r"""
        (?:(?:has|have|carries|with|due to|because of|remove(?: the)?
            |special features?[^.]{0,20}?) (?:an? |active |the )?)(?:adsl|x?dsl|centrex|hunt group|isdn
            |remote call forwarding|rcf|distinctive ring|alarm|redcare|special feature|foreign exchange
            |line sharing|broadband)s?(?: \w+){0,2}?(?: on (?:the|this|it)\b(?: \w+)?| service| feature| line
            | active)?
        (?:dsl|alarm|broadband|redcare|centrex|hunt group) (?:is |are )?(?:active |present |still )?on (?:the
            |this|that) (?:line|number)
        """
        ),
    ),
    (
        "UNPAID",
        lines(
            r"""
        (?:unpaid|outstanding|overdue|delinquent) (?:balance|bill|invoice|amount|debt|charges?|payment)s?
        past[- ]due
        balance (?:is )?(?:owed|due|owing)
        (?:is|are) in arrears
        port-?(?:away|out) fee (?:is |was |has )?(?:due|not|unpaid)
        unpaid
        outstanding debt
        """
        ),
    ),
    (
        "CONTRACT_TERM",
        lines(
            rf"""
        (?:is|are|still|customer) {_SO}(?:under|in|within) (?:an? |the )?{_SO}contract
        contract (?:has not (?:yet )?(?:expired|ended)|is still running|term has not|runs until|expires on
            |does not end)
        minimum (?:contract )?term
        """
        ),
    ),
    (
        "RESOLD_ACCOUNT",
        lines(
            r"""
        (?:is|are|belongs? to|provided by|owned by|through) (?:an? |the )?(?:resold|reseller)(?: \w+)?
        resold (?:account|number|service)s?
        """
        ),
    ),
    (
        "SPLIT_REQUIRED",
        lines(
            rf"""
        (?:numbers?|tns|lines?|order|request|port)[^.;]{{0,40}} (?:in|to|on|with|under|from|across|contains?|has
            |have|spans?) (?:{_MANY}) (?:losing )?(?:{_PARTS})
        ^\W*(?:{_MANY}) (?:{_PARTS})\W*$
        (?:must|needs? to|has to|please|should) (?:be )?(?:split|submit(?:ted)?)(?: \w+){{0,3}} (?:separate
            |different|individual) orders?
        (?:order|request) (?:must|needs? to|has to|should) be split
        """
        ),
    ),
    (
        "MERGE_REQUIRED",
        lines(
            r"""
        (?:must|need to|have to|should) be (?:combined|merged|consolidated|(?:submitted|placed) (?:together|(?:on
            |in|as) (?:one|a single|the same) (?:order|request)))
        """
        ),
    ),
    (
        "MAIN_BTN_PORTING",
        lines(
            r"""
        new (?:btn|billing (?:telephone )?number|main number) (?:is |must be |has to be )?(?:required|needed
            |designated|provided|assigned)
        (?:designate|assign|provide|name|specify) an? new (?:btn|billing (?:telephone )?number|main number)
        (?:btn|billing (?:telephone )?number|main number) (?:is being|is|cannot be) port(?:ed
            |ing)[^.]{0,60}(?:remain|left|lines|numbers)
        """
        ),
    ),
    (
        "PORT_TYPE_INCORRECT",
        lines(
            r"""
        (?:should|must|needs to|has to) be (?:an? )?(?:submitted as (?:an? )?)?(?:partial|full|multi-?line
            |single-?line)(?: port| order)?
        (?:this|order|port) is (?:an? )?(?:partial|full) port,? not
        (?:single-?line order but|multi-?line order but)
        incorrect port type
        port type (?:is )?(?:incorrect|wrong|mismatch)
        (?:missing|incomplete) (?:associated|remaining) (?:numbers?|lines?|tns?)
        associated numbers? (?:is |are )?missing
        """
        ),
    ),
    (
        "CUSTOMER_STAYS",
        lines(
            r"""
        customer (?:has )?(?:decided to stay|(?:wishes|wants|prefers) to (?:stay|remain|keep)
            |no longer wants to port|withdrew|has withdrawn|cancell?ed (?:the|this|their) port|is not ready)
        """
        ),
    ),
    (
        "NOT_AUTHORISED",
        lines(
            r"""
        (?:end[- ]user|customer|subscriber|account holder) (?:disputes|did not authori[sz]e|has not authori[sz]ed
            |denies)
        suspected fraud
        fraud(?:ulent)? (?:hold|port|request|alert)
        slamming
        """
        ),
    ),
    (
        "MOVED_ELSEWHERE",
        lines(
            r"""
        (?:has|have|was|were) (?:already |since )?(?:been )?ported (?:out|away)? ?to (?:another|a different
            |a third)
        """
        ),
    ),
    (
        "INTERNAL_PORT",
        lines(
            r"""
        already (?:on|with|in) (?:your|the (?:winning|gaining|new)) (?:network|inventory|account|carrier|provider)
        """
        ),
    ),
    (
        "RATE_CENTER",
        lines(
            r"""
        rate cent(?:er|re)s? (?:is |are )?(?:not|outside|unsupported)[^.;]*
        outside (?:of )?(?:our|the|your) (?:footprint|coverage|service area|rate cent(?:er|re))
        no coverage in
        """
        ),
    ),
    (
        "NO_INTERCONNECT",
        lines(
            r"""
        no (?:interconnect(?:ion)?|porting|bilateral|trading) agreement
        (?:lack of|without|missing) (?:an? )?(?:interconnect(?:ion)?|porting) agreement
        """
        ),
    ),
    (
        "JEOPARDY",
        lines(
            r"""
        (?:is |placed |put |now )?in jeopardy
        jeopardy notice
        (?:cannot|can't|unable to|will not) meet the (?:confirmed |foc |committed )?(?:foc|due) ?date
        """
        ),
    ),
    (
        "CARRIER_DELAY",
        lines(
            r"""
        (?:due to|because of|owing to) (?:an? |the |our |current |unusually )*(?:high )?(?:workload|volumes?
            |backlog|system (?:outage|maintenance|conversion|migration|upgrade)|strike|hurricane|flood|storm
            |disaster|outage)
        backlog
        """
        ),
    ),
    (
        "LOSING_UNRESPONSIVE",
        lines(
            r"""
        (?:losing|current|old|other) (?:carrier|provider|service provider) (?:has not|did not|does not
            |is not) respond\w*
        no response from the (?:losing|current|old|other) (?:carrier|provider)
        (?:losing|current) (?:carrier|provider) is unresponsive
        """
        ),
    ),
    (
        "SV_CONFLICT",
        lines(
            r"""
        (?:sv|subscription(?: version)?|port|numbers?|tns?|npac(?: record)?)[^.;]{0,30}(?:in|into|to) conflict
        conflict status
        sv conflict
        """
        ),
    ),
    (
        "VENDOR_ERROR",
        lines(
            r"""
        internal (?:server |system )?error
        temporarily unavailable
        system error
        try again later
        """
        ),
    ),
    (
        "OTHER_HOLDERS_MISSING",
        lines(
            r"""
        all (?:account |line )?holders (?:must|need to|have to|are required to) sign
        co-?(?:account )?holders? (?:must|need to|has to|have to|did not) (?:also )?sign
        signatures? of all (?:account )?holders
        """
        ),
    ),
    (
        "ALL_DATA",
        lines(
            r"""
        all (?:of the )?(?:customer )?(?:data|information|details|fields) (?:mis-?match\w*|(?:do|does) not match
            |(?:is|are) (?:incorrect|wrong))
        (?:several|multiple|many) (?:data )?fields (?:do not match|are incorrect|mismatch)
        customer (?:cannot|could not|can't) be (?:identified|found|located)
        """
        ),
    ),
    (
        "AUTH_PERSON_MISMATCH",
        lines(
            r"""
        (?:not|wasn't) signed by (?:an? |the )?(?:authori[sz]ed|account)[ \w]{0,20}
        (?:is|are|was) not (?:the |an? )?authori[sz]ed (?:person|user|contact|representative|to (?:make changes
            |sign|act|port))[ \w]{0,30}
        unauthori[sz]ed signature
        not authori[sz]ed on (?:the|this) account
        """
        ),
    ),
    (
        "BAD_SIGNATURE",
        lines(
            r"""
        (?:wet|hand-?written|original|ink) signature (?:is )?(?:required|needed|only)
        (?:electronic|digital|stamped|printed|typed|e-?)[ -]?signatures? (?:is |are )?(?:not (?:accepted|allowed
            |valid|acceptable)|rejected|invalid)
        """
        ),
    ),
    (
        "LOA_NUMBERS_MISSING",
        lines(
            r"""
        (?:loa|letter of \w+)(?: \w+){0,3} (?:does not|doesn't|did not) (?:list|include|show
            |contain)(?: \w+){0,3} (?:numbers?|tns?|lines?)
        (?:numbers?|tns?) (?:is |are |was |were )?(?:missing|not listed) (?:on|from|in) the (?:loa|letter)
        """
        ),
    ),
    ("LOA_ILLEGIBLE", r"(?:loa|letter of \w+) (?:is |was )?(?:not signed|unsigned|incomplete)"),
    (
        "LOA_STALE",
        lines(
            r"""
        (?:need|require|send|provide|submit)s? (?:an? )?(?:new|updated|current|fresh|newly dated) loa
        """
        ),
    ),
    (
        "TOO_LATE_TO_CHANGE",
        lines(
            r"""
        too (?:late|close to (?:the )?(?:foc|due date)) to (?:cancel|change|modify|supp\w*)
        (?:cannot|can't|can no longer) be (?:cancell?ed|changed|modified|supplemented)[^.;]{0,30}(?:within|before
            |close|foc|due date)
        """
        ),
    ),
    (
        "FOC_TOO_FAR",
        lines(
            r"""
        (?:date|foc)[^.;]{0,30}(?:more than|over|beyond|exceeds?) \d+ (?:\w+ )?days(?! ago)
        """
        ),
    ),
    (
        "FOC_TOO_SOON",
        lines(
            r"""
        (?:date|foc)[^.;]{0,30}(?:less than|sooner than|fewer than|within) \d+ (?:\w+ )?days
        (?:minimum|required) (?:lead time|interval)(?: is)? (?:not met|of)
        """
        ),
    ),
    (
        "PROJECT_SIZE",
        lines(
            r"""
        too many (?:numbers|tns|lines)
        exceeds? the (?:maximum|limit)(?: number)? of[^.;]{0,15}(?:numbers|tns)
        """
        ),
    ),
    (
        "WIRELESS_MIX",
        lines(
            r"""
        (?:wireless|mobile) and (?:wireline|landline|fixed)[^.;]{0,30}(?:same|one|single|mixed|separate|cannot)
        """
        ),
    ),
    ("RESPORG_99", r"resp ?org(?: id)? end(?:s|ing) (?:in|with) '?99"),
    (
        "TFN_SPARE",
        lines(
            r"""
        toll-?free (?:number|tfn)s? (?:is |are )?(?:in )?spare
        (?:number|tfn)s? (?:is |are )(?:in )?spare(?: status)?
        """
        ),
    ),
    ("TFN_TRANSITIONAL", r"(?:in )?transitional status|(?:number|tfn)s? (?:is |are )(?:in )?transitional"),
    ("RESPORG_DEFUNCT", r"resp ?org (?:is |has )?(?:defunct|out of business|no longer exists?|ceased)"),
)
