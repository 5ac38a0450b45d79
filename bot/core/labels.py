"""Finds the labels that people put on answers and questions: A2, T2, "a 2.", "A1 A3", "A2/3", #A2, Ans 2, Q2.

A label counts at the start of a text or of a line (after names, hashtags, emoji, quotes), after a full stop or comma
when a colon or bracket follows it, and at the very end when it is set off. Anywhere else "A4" is a size of paper.
"""

import re

Labels = tuple[tuple[int, ...], tuple[int, ...]]
"""Numbers of the questions answered, and of the questions asked."""
NONE: Labels = ((), ())

# Nobody puts a label further in; these bounds also keep a hostile text from costing more than a kind one.
HEAD, TAIL, LINES_AT_MOST, LABELS_AT_MOST = 600, 80, 20, 9

_NUMBER = r"0?([1-9]\d?)(?![^\W_])(?![.,]\d|['’]s\b|\s?%)"
_COMPACT = re.compile(rf"[#]?([ATRQF]){_NUMBER}", re.IGNORECASE)
_SPACED = re.compile(
    rf"([ATRQF])\s{{1,2}}{_NUMBER}(?=\s?[:)](?!\d)|\.(?:\s|$)|\s[-–—]\s|\s*$)", re.IGNORECASE
)
_WORDED = re.compile(
    r"(answers?|ans|antwort(?:en)?|réponses?|reponses?|rép|questions?|frage|quest)[.:]?\s{0,2}"
    rf"(?:(?:to|zu|auf|für|à)\s(?:la\s)?)?(?:(?:question|frage|[QF#]|n[or°º]\.?)\s?)?{_NUMBER}",
    re.IGNORECASE,
)
_REFERRING = re.compile(
    rf"((?:re|for|on|to|regarding|zu|zur|auf|pour|sur|à)\b:?)\s(?:la\s)?(?:question\s|frage\s|[QF]\s?){_NUMBER}",
    re.IGNORECASE,
)
_FIRST = (_COMPACT, _SPACED, _WORDED, _REFERRING)
_NEXT = re.compile(rf"\s{{0,2}}(?:[,;/&+]|and\b|und\b|et\b)?\s{{0,2}}#?([ATRQF]){_NUMBER}", re.IGNORECASE)
_NEXT_NUMBER = re.compile(rf"\s?[/&+]\s?(){_NUMBER}")

_BEFORE = re.compile(
    r"(?:(?:[^\w#@<]|_)++|<[@#!][^<>\s]{1,99}+>|<|@[\w.:-]*+|\#(?![ATRQF]\d\d?\b)\w*+|(?:RT|MT|via)\b)*+",
    re.IGNORECASE,
)
_LINE = re.compile(r"\n")
_AFTER_SENTENCE = re.compile(rf"[.!?…,][\"'”’»)]?\s{{1,3}}(?=#?[ATQ]{_NUMBER}\s?[:)])", re.IGNORECASE)
_AT_THE_END = re.compile(
    rf"(?:[.!?…][\"'”’»)]{{0,2}}\s{{1,3}}|\n\s{{0,3}}|\#\w{{1,40}}\s{{1,3}}|[(\[])(?:#?(A)|ans(?:wer)?\s?()){_NUMBER}"
    r"[)\].!]?(?:\s{1,3}\#\w{1,40})*\s*$",
    re.IGNORECASE,
)
_AS_HASHTAG = re.compile(rf"#(?<![\w&/#]#)([ATQ]){_NUMBER}", re.IGNORECASE)

_SET_OFF = re.compile(r"\s?[:.;)\]|>»*_–—…?!]|\s?-(?:\s|$)|\s*\n|\s*$|,\s")
# What makes of A2 a size, a road, a protein; of T1 and T2 diabetes or a scan; of Q2 a part of the year.
_MEANS_ELSE = {
    "A": re.compile(
        r"[\s-](?:(?:sized?|format)\s)?(?:paper|papier|sheet|page|size|format|poster|print|leaflet|booklet|flyer|folder|"
        r"card|blatt|seite|feuille|level|niveau|milk|milch|lait|road|motorway|autobahn|antitrypsin|adenosine|receptor|"
        r"beta|ha?emoglobin)",
        re.IGNORECASE,
    ),
    "T": re.compile(
        r"[\s-](?:here\b|since\b|for\s\d|mum\b|mom\b|dad\b|parents?\b|patients?\b|child|kids?\b|person|people|diab|dm\b|"
        r"weight|mri\b|scan|image|lesion|signal|hyper|hypo|relax|mapping|flair\b|cells?\b|levels?\b|vertebra|sequence)",
        re.IGNORECASE,
    ),
    "Q": re.compile(r"\s(?:of\s)?(?:20\d\d\b|results|earnings|sales|revenue|report)", re.IGNORECASE),
}
_NEEDS_SETTING_OFF = frozenset("RF")
_ASKING = frozenset("QF")


def find_labels(text: str) -> Labels:
    """Return the questions that *text* says it answers and those it says it asks, in its own order."""
    head = text[:HEAD]
    found: list[tuple[str, int]] = []
    for start in _starts(head):
        found += _labels_at(head, start)
    if "#" in head:
        found += [(match[1].upper(), int(match[2])) for match in _AS_HASHTAG.finditer(head)]
    if not found and (last := _AT_THE_END.search(text[-TAIL:])):
        found.append(("A", int(last[3])))
    return _sorted_out(found) if found else NONE


def _starts(head: str) -> list[int]:
    starts = [0]
    if "\n" in head:
        starts += [match.end() for match in _LINE.finditer(head)][:LINES_AT_MOST]
    return starts + [match.end() for match in _AFTER_SENTENCE.finditer(head)]


def _labels_at(head: str, start: int) -> list[tuple[str, int]]:
    before = _BEFORE.match(head, start)
    position = before.end() if before else start
    match = next(filter(None, (form.match(head, position) for form in _FIRST)), None)
    # "Answers 3 times a day": after a whole word the number must end there.
    must_end = match is not None and match.re is _WORDED
    found: list[tuple[str, int]] = []
    while match and len(found) < LABELS_AT_MOST:
        kind = _kind(match) or found[-1][0]
        found.append((kind, int(match[2])))
        position = match.end()
        match = _NEXT.match(head, position) or _NEXT_NUMBER.match(head, position)
    if not found or _SET_OFF.match(head, position):
        return found
    return [] if must_end or _means_else(found[-1][0], head, position) else found


def _kind(match: re.Match[str]) -> str:
    """Return the letter a label stands for: a word's own first one, and A for "re Q2"."""
    word = match[1].upper()
    if match.re is _REFERRING:
        return "A"
    return ("Q" if word[0] in "QF" else "A") if len(word) > 1 else word


def _means_else(kind: str, head: str, end: int) -> bool:
    means_else = _MEANS_ELSE.get(kind)
    return kind in _NEEDS_SETTING_OFF or bool(means_else and means_else.match(head, end))


def _sorted_out(found: list[tuple[str, int]]) -> Labels:
    answers = dict.fromkeys(number for kind, number in found if kind not in _ASKING)
    asks = dict.fromkeys(number for kind, number in found if kind in _ASKING)
    return tuple(answers)[:LABELS_AT_MOST], tuple(asks)[:LABELS_AT_MOST]
