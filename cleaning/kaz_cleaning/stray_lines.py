"""Lines of the main element that are no part of its text: datelines, bylines, labels of buttons.

Phrases are whole lines, in Kazakh (both scripts), Russian and English, so that a sentence that
merely has such words stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kaz_cleaning.dates import find_date

_LABEL: Final = re.compile(
    r"[\W_]*(?:"
    # share, print, comment, more
    r"бөлісу|бөлісіңіз|достарыңызбен бөлісу|басып шығару|пікір(?:лер)?(?: қалдыру)?|пікір жазу"
    r"|толығырақ|тағы оқу|оқи отырыңыз|тағы оқыңыз|ұқсас жаңалықтар|ұқсас мақалалар|жарнама"
    r"|бас бет(?:ке)?|басты бет|жоғары|артқа|келесі|алдыңғы|тегтер|тақырып бойынша|бөлісу:?"
    r"|bólisý|bölisu|pikir qaldyrý|tolyǵyraq|jarnama|basty bet"
    r"|поделиться|поделитесь(?: с друзьями)?|распечатать|версия для печати|комментари(?:и|й|ев)"
    r"|оставить комментарий|подробнее|читайте также|читать также|читать далее|смотрите также"
    r"|по теме|похожие (?:новости|статьи)|другие новости|реклама|наверх|назад|вперед|далее|теги"
    r"|обсудить|в начало|в закладки|отправить(?: по почте| другу)?|загрузка|на главную"
    r"|share(?: this(?: article)?)?|tweet|print|e-?mail|comments?|leave a comment|read more"
    r"|read also|see also|related(?: articles| links| stories)?|advert(?:isement)?|continue reading"
    r"(?: below)?|back to top|next|previous|tags|caption|close|loading|subscribe|sign up|follow us"
    r"|facebook|twitter|telegram|whats ?app|instagram|vkontakte|в ?контакте|одноклассники|youtube"
    r"|google\+|pinterest|linked ?in"
    r")(?:\s*[(\[]?\d+[)\]]?)?[\W_]*",
    re.IGNORECASE,
)
_BYLINE: Final = re.compile(
    r"(?:by|photo|image|credit|автор\w*|фото\w*|сурет\w*|дереккөз\w*|источник\w*|мәтін|текст)\b"
    r"\s*:?.{0,60}|by",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"\S+@\S+\.\w+|(?:https?://|www\.)\S+|[\w.]+\.com/\S*")
_TIME_OR_NUMBER: Final = re.compile(r"[\W\d_]*")
_LONGEST_DATELINE: Final = 70
_PROSE_LINE: Final = 60
_ENDS_AS_SENTENCE: Final = re.compile(r"[.!?…:;»\"”)]\s*$")
_REPEATED: Final = 60
"""Characters of a line that, said again at once, is the caption of the next picture."""


def without_stray_lines(lines: Sequence[str]) -> Iterator[str]:
    """The lines but labels, addresses alone, captions said again, and what stands over the text."""
    last = ""
    above = True  # still over the first paragraph
    for line in lines:
        above = above and not _is_prose(line)
        if _LABEL.fullmatch(line) or _ADDRESS.fullmatch(line):
            continue
        if len(line) >= _REPEATED and line == last:
            continue
        last = line
        if not (above and _stands_above(line)):
            yield line


def _is_prose(line: str) -> bool:
    return len(line) >= _PROSE_LINE and _ENDS_AS_SENTENCE.search(line) is not None


def _stands_above(line: str) -> bool:
    """A dateline, a byline, a counter of views."""
    if len(line) > _LONGEST_DATELINE:
        return False
    if _TIME_OR_NUMBER.fullmatch(line) or _BYLINE.fullmatch(line):
        return True
    # an act says by which act it was adopted: with a date and a number
    is_of_act = "№" in line or line.lower().startswith("бұйрық")
    return find_date(line) is not None and not is_of_act
