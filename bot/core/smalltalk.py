"""Tells what is no answer by itself: hellos and goodbyes, nods and thanks, reposts. English, German and French.

These are words that people write, not words of ours: prompts/ holds only what the bot says.
"""

import re

# Longer texts say something, whatever they begin with.
HELLO_WORDS, INTRODUCTION_WORDS, NOD_WORDS, NOD_LENGTH = 8, 35, 8, 120
OPENING = 200

_HELLO = re.compile(
    r"(?:hi+|hey+|hello+|hiya|howdy|yo|hola|ciao|aloha|greetings|welcome|good\s?(?:morning|afternoon|evening|day)|morning|"
    r"afternoon|evening|hallo+|moin|servus|gr(?:ü|ue)(?:zi|ezi|(?:ß|ss)\w*)|guten\s(?:tag|morgen|abend)|willkommen|"
    r"bonjour|bonsoir|salut|coucou|bienvenue)\b",
    re.IGNORECASE,
)
_GOODBYE = re.compile(
    r"(?:bye+|goodbye|good\s?night|cheerio|see\s(?:you|ya)|have\sto\s(?:go|leave|run)|(?:got|need)(?:ta|\sto)\s(?:go|leave|run)|"
    r"tsch(?:ü|ue)(?:ss|ß)|auf\swiedersehen|bis\s(?:bald|dann|n(?:ä|ae)chst\w+)|gute\snacht|"
    r"au\srevoir|(?:à|a)\s(?:bientôt|bientot|plus|la\sprochaine)|bonne\s(?:nuit|soirée|soiree|journée))\b",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(
    r"\b(?i:my\sname(?:\sis|['’]s)|mein\sname\sist|ich\shei(?:ß|ss)e|je\sm['’]appelle|here\sfrom)\b|"
    r"^[\W_]*[A-Z]\w+(?:\s[A-Z]\w+)?\s(?:here|hier|ici)\b"
)
_AFTER_HELLO = re.compile(
    r"\b(?i:i['’]?m|i\sam|this\sis|ich\sbin|je\ssuis|c['’]est)\s(?:[A-Z]|(?i:an?|the|ein|eine|un|une)\s\w)|"
    r"\b(?i:from|in|at|aus|von|de|du|depuis|à)\s[A-Z]|\b(?i:here|hier|ici|joining|lurking|tuning|listening)\b"
)
_PLUS_ONE = re.compile(r"\+\s?1(?!\w)")
_THANKS = re.compile(r"(?:thanks?|thank\s?you|thx|ty|cheers|danke\w*|vielen\sdank|merci)\b", re.IGNORECASE)
_AGREED = re.compile(r"(?:i\s)?(?:\w+ly\s|so\s|100%\s)?agreed?(?:\swith\s\w+)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]")
_TOKEN = re.compile(r"(?<![#@\w])[^\W_][\w'’]*")
_REPOST = re.compile(r"(?<!\w)(?:(?:RT|MT)\b:?\s{0,2}|[Vv]ia\s{1,2})@\w")
_BEFORE = re.compile(r"(?:(?:[^\w#@<]|_)++|@[\w.:-]*+|#\w*+|<[@#!][^<>\s]{1,99}+>|<)*+")
_AFTER_QUESTION = re.compile(r"(?:[^\w#]|_|#\w*+|https?://\S++)*+")
_LINK = re.compile(r"https?://[^\s<>]|(?<![\w/.])www\.\w")

_NODS = frozenset(
    """
    a absolutely again agree agreed ah all also always amazing and awesome bang beautifully brilliant completely cool
    correct ditto do everyone exactly excellent fair fantastic fascinating for good great ha haha hahaha hear here hmm
    i indeed interesting is it its lol love loved loving makes many me much my n nah nice no nope of oh ok okay on one
    perfect perfectly point points precisely put quite really right same sense sharing so spot such super sure thank
    thanks that thats the this thx too total totally true truth ty very way welcome well wonderful wow y yay yea yeah
    yep yes you your youre said thoughts thought question answer answers
    bitte danke dir doch echt finde gar gut gute genau ich ja klar nee nein okay richtig schön sehr so stimmt super toll
    total vielen völlig wahr wirklich
    accord bien bonne bravo c certes clair d'accord effectivement exact exactement fait merci moi non oui parfait
    pareil pas super tout très trop vrai à
    """.split()  # noqa: SIM905  # a word list reads better as words
)
# Alone these say nothing and don't nod either: "for me", "the point".
_NOD_FILLERS = frozenset(
    """
    a again all also and do everyone for i is it its many me much my of on one point points question answer answers
    sense share sharing so such that the thought thoughts to too very way you your
    ich gar sehr moi c d à fait pas
    """.split()  # noqa: SIM905
)


def is_greeting(text: str, words: int, *, question: bool) -> bool:
    """Return whether *text* only says hello or goodbye, or who somebody is."""
    if words > INTRODUCTION_WORDS:
        return False
    opening = text[:OPENING]
    start = _skip(opening)
    if _HELLO.match(opening, start):
        short = words <= HELLO_WORDS or _AFTER_HELLO.search(opening, start) is not None
        return short and not question
    goodbye = words <= HELLO_WORDS and _GOODBYE.search(opening) is not None
    return goodbye or _INTRODUCTION.search(opening) is not None


def is_acknowledgement(text: str, words: int) -> bool:
    """Return whether *text* only nods, thanks or laughs: nothing in it could be quoted."""
    if words > NOD_WORDS or len(text) > NOD_LENGTH:
        return bool(text) and _WORD.search(text) is None
    start = _skip(text)
    if _PLUS_ONE.match(text, max(0, start - 1)) or _PLUS_ONE.match(text) or _THANKS.match(text, start):
        return True
    tokens = {token.replace("’", "").replace("'", "").casefold() for token in _TOKEN.findall(text)}
    if tokens <= _NODS:
        return not tokens or not tokens <= _NOD_FILLERS
    return _AGREED.fullmatch(text.rstrip(" .!"), start) is not None


def is_question(text: str) -> bool:
    """Return whether *text* ends by asking; hashtags, links and emoji may follow the question mark."""
    tail = text[-OPENING:]
    mark = max(tail.rfind("?"), tail.rfind("？"), tail.rfind("؟"))
    return mark >= 0 and _AFTER_QUESTION.fullmatch(tail, mark + 1) is not None


def is_repost(text: str) -> bool:
    """Return whether *text* carries somebody else's words, marked RT, MT or via."""
    return "@" in text and _REPOST.search(text) is not None


def count_links(text: str) -> int:
    """Return how many web addresses *text* holds."""
    return len(_LINK.findall(text)) if "://" in text or "www." in text else 0


def _skip(text: str) -> int:
    before = _BEFORE.match(text)
    return before.end() if before else 0
