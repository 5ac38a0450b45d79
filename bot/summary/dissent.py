"""Tells a line that says the opposite of what others said: a summary shows both sides."""

import re

# Phrases that people write, not words of ours. They open a line or a clause; "but" alone would mark half a chat.
_CUES = re.compile(
    r"\b(?:i\s(?:have\sto\s|must\s|respectfully\s|politely\s)?disagree|(?:do\s?n[o'’]t|not\ssure\si)\sagree|"
    r"not\s(?:so\s)?sure\s(?:about|that|it)|on\sthe\sother\shand|(?:quite\s)?the\sopposite|on\sthe\scontrary|"
    r"devil['’]?s\sadvocate|(?:has|have|had)\s?(?:not|n['’]t)\sbeen\s(?:my|our)\sexperience|not\s(?:my|our)\sexperience|"
    r"(?:not|n['’]t)\s(?:true|the\scase)\sfor\s(?:me|us|everyone|everybody|all)|push\sback|see\sit\sdifferently|"
    r"sehe?\s(?:ich|das)\s(?:das\s|ich\s)?(?:anders|nicht\sso)|nicht\seinverstanden|andere[rn]?\smeinung|"
    r"im\sgegenteil|widersprech\w+|stimmt\s(?:so\s)?nicht|nicht\smeine\serfahrung|"
    r"pas\s(?:du\stout\s)?d['’]accord|au\scontraire|en\sdésaccord|pas\s(?:si\s)?s[ûu]re?\sque|pas\smon\sexpérience|"
    r"je\s(?:le\s)?vois\s(?:ça\s)?autrement)\b",
    re.IGNORECASE,
)
# Where people say it: after that it is an aside.
_OPENING = 160


def is_dissent(text: str) -> bool:
    """Return whether *text* says that it sees things differently."""
    return _CUES.search(text, 0, _OPENING) is not None
