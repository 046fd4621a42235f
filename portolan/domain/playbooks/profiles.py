"""What is known of single carriers, gaining and losing: facts that lie over any playbook. `layers` says how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from portolan.domain.playbooks.profile import Profile, plain
from portolan.domain.playbooks.values import Value

_US_NUMBERS = ("US-LOCAL", "US-LOCAL-SIMPLE", "US-WIRELESS")
_LETTER_AND_BILL = ["loa", "bill"]


def _indexed(profiles: Iterable[Profile]) -> Mapping[str, Profile]:
    return MappingProxyType({plain(name): profile for profile in profiles for name in (profile.name, *profile.aliases)})


def _window(begins: str, ends: str, zone: str, provenance: str, source: str) -> Mapping[str, Value]:
    named = {"activation_from": begins, "activation_until": ends, "activation_zone": zone}
    return {name: Value(value, provenance, source) for name, value in named.items()}


def _by_itself(window: Mapping[str, Value]) -> Mapping[str, Value]:
    """A window of Telnyx, at the end of which the numbers move although nobody said so."""
    source = "Telnyx: an order to be activated on demand that nobody activates is ported when the window ends"
    return {**window, "activates_itself": Value(True, "C", source)}


def _each(codes: Iterable[str], values: Mapping[str, Value]) -> dict[str, Mapping[str, Value]]:
    return dict.fromkeys(codes, values)


_GAINING = (
    Profile(
        "simulated",
        "The simulated carrier",
        values={"signature_modes": Value(["wet", "electronic"], "U", "The simulator takes any signature")},
        facts={"nature": Value("It moves nothing; what it does is scripted or drawn from a seed", "U", "Portolan")},
    ),
    Profile(
        "telnyx",
        "Telnyx",
        values={
            "loa_max_age_days": Value(90, "C", "Telnyx: a letter up to 90 days old"),
            "bill_max_age_days": Value(30, "C", "Telnyx: an invoice up to 30 days old"),
            "freeze_hours": Value(48, "C", "Telnyx: the API refuses to cancel less than 48 h before the FOC"),
            "signature_modes": Value(["wet", "electronic"], "C", "Telnyx: an uploaded letter, or one signed online"),
        },
        by_playbook={
            **_each(
                ("US-LOCAL", "US-LOCAL-SIMPLE"),
                _by_itself(_window("06:00", "20:00", "America/Chicago", "C", "Telnyx FastPort, United States")),
            ),
            "CA": _by_itself(_window("08:00", "15:00", "America/Chicago", "C", "Telnyx FastPort, Canada")),
        },
        facts={
            "toll-free letter": Value("has to say: Port to RespOrg QIT02", "C", "Telnyx porting guide"),
            "splitting": Value("orders are split by country, type, SPID and FastPort", "C", "Telnyx porting guide"),
            "date": Value(
                "has to lie in one of its allowed FOC windows; at the window's end it moves by itself",
                "C",
                "Telnyx porting guide",
            ),
            "drafts": Value("are deleted after 30 days", "C", "Telnyx porting guide"),
            "rejections": Value("unanswered for 14 days, the order is cancelled", "P", "A copy of a support page"),
            "German blocks": Value("at most 1,000 numbers, with activation ranges", "C", "Telnyx porting guide"),
            "messaging": Value(
                "90 % within ten minutes; exceptions 72 h, toll-free five business days", "C", "Telnyx messaging guide"
            ),
        },
    ),
    Profile(
        "twilio",
        "Twilio",
        values={
            "documents": Value(_LETTER_AND_BILL, "C", "Twilio: a utility bill is mandatory"),
            "signature_modes": Value(["electronic"], "C", "Twilio: makes the letter and has it signed by e-mail"),
            "most_numbers": Value(1000, "C", "Twilio: at most 1,000 numbers in a request, of one country"),
            "freeze_hours": Value(48, "C", "Twilio: within 48 h of the date, let it port rather than cancel"),
            "supplements": Value(False, "C", "Twilio: a request is not changed; it is cancelled and made anew"),
        },
        by_playbook=_each(
            _US_NUMBERS,
            {"lead_business_days": Value(5, "C", "Twilio: a target date at least 7 days ahead in the United States")},
        ),
        facts={
            "reach": Value("US local and mobile numbers by its API; toll-free and others by ticket", "C", "Twilio"),
            "dates": Value("only customers of custom porting may ask for one", "C", "Twilio"),
            "last days": Value("within 48 h of the date, let it port and port back rather than cancel", "C", "Twilio"),
            "messaging": Value("up to two hours; toll-free one or two days", "C", "Twilio"),
        },
    ),
    Profile(
        "bandwidth",
        "Bandwidth",
        values={
            "loa_max_age_days": Value(30, "C", "Bandwidth: a letter up to 30 days old; its off-net vendor takes 60"),
            "freeze_hours": Value(24, "C", "Bandwidth: no change or cancel when the FOC is less than 24 h away"),
            "foc_horizon_days": Value(30, "C", "Bandwidth: the FOC may be at most 30 days out"),
            "most_numbers": Value(
                5000, "C", "Bandwidth: 5,000, or 999 on its own network and 49 elsewhere to go automatically"
            ),
        },
        by_playbook=_each(
            (*_US_NUMBERS, "CA"),
            _window(
                "06:00",
                "22:00",
                "America/New_York",
                "C",
                "Bandwidth: automatic ports; from 05:00 on its own network, and manual ones at 11:30",
            ),
        ),
        facts={
            "documents": Value("at most 3 MB; a toll-free letter as PDF or TIFF", "C", "Bandwidth"),
            "letter on demand": Value("shown within one business hour", "C", "Bandwidth"),
            "drafts": Value("are deleted after 48 h without a change", "C", "Bandwidth"),
            "support desk": Value("08:00 to 20:00 America/New_York", "C", "Bandwidth"),
            "porting holidays": Value("it has its own; a date on one is refused", "C", "Bandwidth"),
            "names": Value("are cut: the signer to 15 characters, others to 25", "C", "Bandwidth"),
        },
    ),
    Profile(
        "amazon_connect",
        "Amazon Connect",
        values={
            "loa_max_age_days": Value(
                30, "S", "Amazon Connect administrator guide: dated within 30 days of submission; AWS re:Post says 15"
            ),
            "signature_modes": Value(
                ["wet"],
                "S",
                "Amazon Connect administrator guide: most carriers reject an electronic or printed signature; re:Post "
                "allows validated ones, so an operator may too",
            ),
            "lead_business_days": Value(
                10, "S", "Amazon Connect administrator guide: two to four weeks, abroad more than two weeks"
            ),
            "configure_hours": Value(24, "S", "Amazon Connect administrator guide: numbers appear about a day before"),
            "supplements": Value(
                False,
                "C",
                "AWS re:Post: a support case is all there is; whether it can be paused is for the case to say",
            ),
        },
        by_playbook={
            "US-TF": {
                "loa_attachment_over": Value(
                    10, "S", "Amazon Connect administrator guide: more than 10 toll-free numbers go in a spreadsheet"
                )
            },
            **_each(
                ("CA", "UK-GEO", "UK-NGN"),
                {"documents": Value(_LETTER_AND_BILL, "C", "Amazon Chime SDK: last invoice and letter")},
            ),
        },
        facts={
            "channel": Value("a support case for each losing carrier and country; there is no API", "C", "AWS re:Post"),
            "check": Value("up to five business days until AWS says what can be ported", "C", "AWS re:Post"),
            "numbers appear": Value("about a day before the date", "S", "Amazon Connect administrator guide"),
            "resubmission": Value("3 to 5 business days each", "S", "Amazon Connect administrator guide"),
            "letter age": Value(
                "support articles name 15 days at submission: an operator who goes by them sets loa_max_age_days to 15",
                "C",
                "AWS re:Post",
            ),
            "cutover": Value("15 to 30 minutes within two hours, mostly in business hours", "C", "AWS re:Post"),
            "silence": Value("after 30 days the case may be closed", "C", "AWS re:Post"),
        },
        aliases=("aws", "aws connect"),
    ),
    Profile(
        "sinch",
        "Sinch",
        values={
            "most_numbers": Value(500, "C", "Sinch Porting API: at most 500 numbers in an order"),
            "freeze_hours": Value(48, "C", "Inteliquent Atlas (Sinch): frozen for 48 h"),
        },
        facts={"reach": Value("United States and Canada", "C", "Sinch Porting API")},
        aliases=("inteliquent",),
    ),
    Profile(
        "talkroute",
        "Talkroute",
        values={
            "documents": Value(_LETTER_AND_BILL, "S", "Talkroute: letter and most recent bill, for every order"),
            "signature_modes": Value(["electronic"], "S", "Talkroute: an electronic form"),
        },
        by_playbook=_each(
            ("US-LOCAL", "US-LOCAL-SIMPLE", "US-WIRELESS", "CA"),
            _window("09:00", "13:00", "America/Chicago", "S", "Talkroute: most numbers; no exact time is promised"),
        ),
        facts={
            "reach": Value("United States and Canada", "S", "Talkroute"),
            "messaging": Value("up to three business days, and three more across carriers", "S", "Talkroute"),
        },
    ),
    Profile(
        "leadcenter",
        "LeadCenter",
        values={
            "documents": Value(_LETTER_AND_BILL, "S", "LeadCenter: letter and proof of ownership"),
            "signature_modes": Value(["electronic"], "S", "LeadCenter: sends an electronic letter"),
        },
        by_playbook=_each(
            ("US-LOCAL", "US-LOCAL-SIMPLE"),
            {"identifiers": Value(["account_number", "pin"], "S", "LeadCenter: the port-out PIN is required")},
        ),
        facts={
            "window": Value("about 90 minutes", "S", "LeadCenter"),
            "support desk": Value("Monday to Friday, 07:00 to 17:00 America/Chicago", "S", "LeadCenter"),
            "messaging": Value("one or two business days, three at worst; the campaign comes first", "S", "LeadCenter"),
        },
    ),
)

_LOSING = (
    Profile(
        "Placetel",
        "Placetel",
        values={"foc_horizon_days": Value(180, "C", "Placetel: dates more than 180 days ahead are refused")},
    ),
    Profile(
        "Deutsche Telekom",
        "Deutsche Telekom",
        facts={
            "operator codes": Value("D001, D124, D150", "C", "ihreservicenummer"),
            "pace": Value("the longest timeline that the rules allow", "S", "Migration practice"),
        },
        aliases=("Telekom", "Telekom Deutschland"),
    ),
    Profile(
        "Google Voice",
        "Google Voice",
        facts={"lock": Value("every number has to be unlocked in the account first", "S", "Outreach")},
    ),
    Profile(
        "Talkroute",
        "Talkroute",
        by_playbook=_each(
            _US_NUMBERS,
            {"identifiers": Value(["account_number", "pin"], "S", "Talkroute: a PIN is generated for porting away")},
        ),
    ),
    Profile(
        "Telnyx",
        "Telnyx",
        values={
            "carrier_silence_days": Value(2, "C", "Telnyx: a port-out that nobody answers for 24 to 48 h goes ahead")
        },
    ),
    Profile(
        "Twilio",
        "Twilio",
        facts={"account": Value("its account SID is asked for", "S", "LeadCenter")},
    ),
    Profile(
        "Amazon Connect",
        "Amazon Connect",
        facts={"first": Value("tell AWS in a support case that the numbers are leaving", "S", "Administrator guide")},
        aliases=("AWS",),
    ),
    Profile(
        "Verizon",
        "Verizon",
        facts={"transfer PIN": Value("expires after seven days: fetch it last", "P", "One planning document")},
        aliases=("Verizon Wireless",),
    ),
    Profile(
        "AT&T",
        "AT&T",
        facts={"record": Value("about three business days until the CSR comes", "P", "legalclarity")},
    ),
    Profile(
        "NationsLine",
        "NationsLine",
        facts={"clarification": Value("to be answered within 30 calendar days", "C", "NationsLine")},
    ),
)

#: Gaining carriers by plain name; see `find`.
GAINING = _indexed(_GAINING)
#: Losing carriers by plain name; see `find`.
LOSING = _indexed(_LOSING)
