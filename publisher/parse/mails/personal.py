"""PURE. What of a mail is its reader's own: addresses, tokens, links that act for one reader.

Newsletters are written for one address each. Whoever opens a published copy must not be able to
unsubscribe the reader, read where it went, or be counted as the reader.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from publisher.values import dataclass

HIDDEN = "…"
"""What stands where the reader's address stood."""

_TOKENS_NAMES = (
    "mc_eid mc_cid fbclid gclid dclid msclkid yclid mkt_tok _hsenc _hsmi __hstc __hssc"
    " vero_id vero_conv ck_subscriber_id _ke _kx trk_contact trk_msg trk_module trk_sid"
    " oly_anon_id oly_enc_id wickedid s_cid elqtrackid elqtrack ml_subscriber"
    " ml_subscriber_hash bid rb_clickid subscriber subscriber_id subscriberid sub_id recipient"
    " recipient_id contact_id contactid user_id userid uid email e-mail email_address mail"
    " token auth_token access_token key_token jwt hash signature sig publication_id isfreemail"
    " triedredirect"
)
_TOKENS = frozenset(_TOKENS_NAMES.split())
_COUNTED = ("utm_", "pk_", "mtm_", "hsa_", "at_", "sc_", "piwik_", "matomo_")
_BESIDE = frozenset(("r", "e", "s"))
"""What stands beside `utm_…` and is the reader's, while elsewhere it may say which page it is."""

_JWT = re.compile(r"ey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?\Z")

_PERSONAL_PATH = re.compile(
    r"unsub(?:scribe)?(?![a-z]|-[a-z])|/opt-?out(?![a-z]|-[a-z])|/preferences?(?:/|\Z|\?)|email-?preferences"
    r"|manage[_/-]?(?:your[_/-]?)?(?:subscriptions?|preferences|profile)|update[_/-]?profile"
    r"|subscription[_/-]?(?:center|settings|management)|disable_email|/action/disable"
    r"|view[_/-]?(?:in|this|email|online|browser)|webversion|web[_/-]?version|forward-to-friend"
    r"|/(?:confirm|verify|activate)(?:/|\Z|\?)|list-manage\.com/(?:unsub|profile|abuse)"
    r"|abmelde|desinscri|desuscri|desabonn|dessubscri|cancelar-?inscri|berhenti-?berlangganan",
    re.IGNORECASE,
)
_PERSONAL_WORDS = re.compile(
    r"unsubscrib|opt[ -]?out|manage (?:your )?(?:subscription|preference|email|profile)"
    r"|update (?:your )?(?:preference|profile|subscription)|(?:email|mail) preference"
    r"|subscription (?:preference|setting)|(?:view|read|open|see) (?:it |this |the )?"
    r"(?:e?-?mail |message |newsletter |issue )?(?:in|on) (?:your |a |the )?"
    r"(?:web ?)?(?:browser|web)\b"
    r"|view (?:it )?online|web version|forward to a friend|confirm (?:your )?(?:subscription|email)"
    # German, French, Spanish, Portuguese, Italian, Dutch
    r"|abmelden|abbestell|austragen|im browser (?:ansehen|öffnen|anzeigen|lesen)|online ?ansehen"
    r"|einstellungen verwalten|se désabonner|désinscri|me désabonner|désabonnement"
    r"|(?:voir|lire|afficher|ouvrir) (?:\S+ ){0,3}(?:dans|sur) (?:votre |un |le )?navigateur"
    r"|version en ligne|gérer (?:mes|vos) préférences|darse de baja|darme de baja"
    r"|cancelar (?:la |tu |su )?suscripci|desuscrib|ver (?:\S+ ){0,3}en (?:el |tu |su )?navegador"
    r"|gestionar (?:\S+ )?preferencias"
    r"|cancelar (?:a |sua )?inscri|descadastr|anular (?:a )?subscri|ver (?:\S+ )?no navegador"
    r"|disiscriv|cancella(?:re|ti)? (?:l['’])?iscrizione|visualizza (?:\S+ )?nel browser"
    r"|uitschrijv|afmelden|bekijk (?:\S+ )?in (?:je |uw )?browser"
    # Indonesian, Turkish, Russian
    r"|berhenti berlangganan|batal(?:kan)? (?:ber)?langgan|kelola (?:preferensi|langganan)"
    r"|lihat (?:\S+ )?di (?:peramban|browser)|abonelik(?:ten|ği)? (?:çık|iptal)|aboneliği iptal"
    r"|tarayıcıda (?:gör|aç)|отписаться|отказаться от (?:рассылки|подписки)|управление подпиской"
    r"|(?:открыть|посмотреть|читать) (?:\S+ )?в браузере"
    # Arabic, Hindi, Chinese, Japanese, Korean
    r"|إلغاء الاشتراك|إلغاء اشتراك|عرض (?:\S+ )?في المتصفح"
    r"|सदस्यता (?:रद्द|समाप्त)|अनसब्सक्राइब|ब्राउज़र में देखें"
    r"|退订|取消订阅|取消訂閱|退訂|在浏览器中(?:查看|打开)|在瀏覽器中(?:檢視|查看|開啟)|管理订阅|管理訂閱"
    r"|配信停止|購読(?:解除|停止)|登録解除"
    r"|ブラウザで(?:見る|表示|読む|開く)|수신 ?거부|구독 ?(?:취소|해지)",
    re.IGNORECASE,
)
_LONGEST_WORDS = 90
"""Letters of a link's text that may be such words; longer ones are sentences of an article."""

_PIXEL = re.compile(
    r"/(?:wf/)?open(?:\.(?:aspx|php|gif|png|ashx)|\?|\Z)|/track(?:ing)?/open|/o/[\w-]{30,}"
    r"|//[^/]*emltrk\.|/(?:pixel|beacon|1x1|spacer|blank|clear|transparent|track)(?:\.(?:gif|png)|[/?]|\Z)"
    r"|//[^/]*google-analytics\.com|/wf/open|//[^/]*mailtrack\.|//pixel\.|//beacon\.|//open\.",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"\A(?:https?:)?//(?:[^/]*\.)?(?:click|clicks|track|tracking|trk|email|links?|go|t|ct|e)\d*\.[^/]+/"
    r"\S{20,}|/track/click|/ls/click|/wf/click|/redirect/\S{20,}|/CL0/|/c/[\w-]{30,}|/e3t/"
    r"|list-manage\.com/track|safelinks\.protection|urldefense\.|/f/a/|awstrack\.me|/lt\.php",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reader:
    """Who got a mail: addresses in small letters, other words of theirs, and the addresses by
    which the list lets them go (List-Unsubscribe, RFC 2369)."""

    addresses: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    ways_out: tuple[str, ...] = ()

    @cached_property
    def _marks(self) -> tuple[str, ...]:
        """An address as links carry it: plain, in base64, as a hash; in small letters."""
        marks: dict[str, None] = {}
        for address in self.addresses:
            data = address.encode("utf-8", "replace")
            marks[address] = None
            marks[address.replace("@", "=")] = None
            marks[base64.urlsafe_b64encode(data).decode().rstrip("=").lower()] = None
            marks[base64.b64encode(data).decode().rstrip("=").lower()] = None
            for name in ("md5", "sha1", "sha256"):
                marks[hashlib.new(name, data, usedforsecurity=False).hexdigest()] = None
        return tuple(marks)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        told = sorted({*self.addresses, *self.words}, key=len, reverse=True)
        named = [re.escape(one) for one in told if len(one) > 1]
        return re.compile(rf"(?<!\w)(?:{'|'.join(named)})(?!\w)", re.IGNORECASE) if named else None

    def without(self, text: str) -> str:
        """A text in which the reader is not named."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text

    def is_in(self, text: str) -> bool:
        """Whether a text carries an address of the reader, in any of its forms."""
        told = text.lower()
        shown = unquote(told)
        return any(mark in told or mark in shown for mark in self._marks)

    def leads_out(self, address: str, words: str) -> bool:
        """Whether a link of that text is surely for its reader alone: by its words, or by the word
        of the list."""
        return _bare(address) in self._ways or tells_of_leaving(words)

    def owns(self, address: str) -> bool:
        """Whether a link looks as if it acts for the reader: leaves, sets, opens their own copy."""
        if _bare(address) in self._ways:
            return True
        if address.lower().startswith("mailto:"):
            return bool(re.search(r"unsub|leave|signoff|\bremove\b", address, re.IGNORECASE))
        return bool(_PERSONAL_PATH.search(unquote(address)))

    @cached_property
    def _ways(self) -> frozenset[str]:
        return frozenset(_bare(way) for way in self.ways_out)

    def cleaned(self, address: str) -> str | None:
        """An address without what tells who follows it; None where that is all of it."""
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            return None
        if parts.scheme.lower() not in ("http", "https"):
            return None if self.is_in(address) else address
        if "@" in parts.netloc:
            return None
        query = _without_tokens(parts.query, self.is_in)
        fragment = "" if self.is_in(parts.fragment) or "utm_" in parts.fragment else parts.fragment
        if self.is_in(parts.netloc + parts.path):
            return None
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, fragment))


def tells_of_leaving(words: str, longest: int = _LONGEST_WORDS) -> bool:
    """Whether a text is one of those that stand at the end of a newsletter, for its reader."""
    told = " ".join(words.split())
    return len(told) <= longest and bool(_PERSONAL_WORDS.search(told))


def is_pixel(address: str) -> bool:
    """Whether a picture is there to tell that the mail was opened."""
    return bool(_PIXEL.search(address))


def counter_of(address: str) -> str:
    """The host of a link that leads through a counter, "" for others."""
    if not _COUNTER.search(address):
        return ""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def reader_of(
    addresses: Iterable[tuple[str, str]], ways_out: Collection[str], words: Iterable[str]
) -> Reader:
    """The reader by the names and addresses that a mail came to. A name of one word is no word of
    theirs: it may be any."""
    people = list(addresses)
    names = {name for name, _ in people if " " in name and "@" not in name}
    return Reader(
        addresses=tuple(sorted({address for _, address in people if "@" in address})),
        words=tuple(sorted({*names, *words})),
        ways_out=tuple(ways_out),
    )


def _without_tokens(query: str, is_readers: Callable[[str], bool]) -> str:
    if not query:
        return ""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return ""
    own = _TOKENS | _BESIDE if "utm_" in query else _TOKENS
    kept = [
        (name, value)
        for name, value in pairs
        if name.lower() not in own
        and not name.lower().startswith(_COUNTED)
        and not _JWT.match(value)
        and not is_readers(value)
        and not is_readers(name)
    ]
    if len(kept) == len(pairs):
        return query  # as it was written
    return urlencode(kept, quote_via=quote)


def _bare(address: str) -> str:
    return address.strip().rstrip("/").lower()
