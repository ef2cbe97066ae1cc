"""Lines of the main element that are no part of its text: datelines, bylines, labels of buttons,
credits of photographs, pointers to other articles, and at the end the calls to subscribe.

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
    r"(?:by|photo|image|credit|автор(?:ы|лары|лар)?|фото(?:сурет)?|сурет(?:тер|і)?|дереккөз(?:і)?"
    r"|источники?|мәтін|текст)\b\s*:?.{0,60}(?<![.!?])|by",
    re.IGNORECASE,
)
_CREDIT: Final = re.compile(
    r"[\W_]*(?:фото(?:сурет)?|сурет(?:тер)?|суретті түсірген|photos?|image credit|photo by)"
    r"\s?(?::|©|—|–).{0,80}",
    re.IGNORECASE,
)
_POINTER: Final = re.compile(
    r"[\W_]*(?:читайте(?: также| ещ[её])?|читать(?: также| далее)|смотрите также|по теме"
    r"|(?:сондай-ақ|тағы(?: да)?)\W{0,3}(?:оқы|қара)ңыз\w*|оқи отыры?ңыз\w*|осы тақырыпта"
    r"|read (?:more|also|next)|see also|related(?: (?:articles?|coverage|stor(?:y|ies)|news))?)"
    r"\s?[:—–].{0,200}",
    re.IGNORECASE,
)
_PLATFORM: Final = (
    r"(?:telegram|телеграм|whats ?app|instagram|инстаграм|facebook|фейсбук|twitter|youtube|ютуб"
    r"|tik ?tok|вконтакте|арнамыз|парақшамыз|канал|newsletter|рассылк|inbox)\w*"
)
_CALL: Final = (
    r"(?:жазыл(?:ың|ыңыз|ыңыздар)|қосыл(?:ың|ыңыз|ыңыздар)|тіркел(?:ің|іңіз|іңіздер)"
    r"|оқы(?:ңыз|ңыздар)|қадағала(?:ңыз|ңыздар)|бөлісі?ңіз\w*|подпи(?:сывай|шите)\w*|следите"
    r"|читайте|присоединя\w+|follow|subscribe|sign up|join|get the latest)\b"
)
_CLOSING: Final = re.compile(
    rf"\b{_PLATFORM}.{{0,120}}\b{_CALL}|\b{_CALL}.{{0,120}}\b{_PLATFORM}"
    r"|ctrl\s?\+?\s?enter|^\W*©|all rights reserved|subject to copyright"
    r"|все права защищены|барлық құқық\w* қорғалған"
    r"|(?:көшір|перепечат|при использовании)\w*.{0,160}(?:сілтеме|ссылк)",
    re.IGNORECASE,
)
_LONGEST_CLOSING: Final = 300
_ADDRESS: Final = re.compile(r"\S+@\S+\.\w+|(?:https?://|www\.)\S+|[\w.]+\.com/\S*")
_NOTHING: Final = re.compile(r"[\W_]*")
_TIME_OR_NUMBER: Final = re.compile(r"[\W\d_]*")
_LONGEST_DATELINE: Final = 70
_PUBLISHED: Final = re.compile(
    r"\W*(?:published|updated|posted|опубликован|обновлен|время публикации|дата|жарияланған"
    r"|жарияланды|жаңартылған|жаңартылды|жарияланған күні)",
    re.IGNORECASE,
)
_LONGEST_PUBLISHED: Final = 120
_PROSE_LINE: Final = 60
_ENDS_AS_SENTENCE: Final = re.compile(r"[.!?…:;»\"”)]\s*$")
_REPEATED: Final = 60
"""Characters of a line that, said again at once, is the caption of the next picture."""
_STRAY: Final = (_NOTHING, _LABEL, _ADDRESS, _CREDIT, _POINTER)
"""Lines that are dropped wherever they stand."""


def without_stray_lines(lines: Sequence[str]) -> list[str]:
    """The lines but labels, addresses alone, captions said again, and what frames the text."""
    kept = list(_without_labels(lines))
    while len(kept) > 1 and _closes(kept[-1]):
        kept.pop()
    return kept


def _without_labels(lines: Sequence[str]) -> Iterator[str]:
    last = ""
    above = True  # still over the first paragraph
    for line in lines:
        above = above and not _is_prose(line)
        if any(kind.fullmatch(line) for kind in _STRAY):
            continue
        if len(line) >= _REPEATED and line == last:
            continue
        last = line
        if not (above and _stands_above(line)):
            yield line


def _closes(line: str) -> bool:
    """A call to subscribe, a notice of rights: what sites put below every article."""
    return len(line) <= _LONGEST_CLOSING and _CLOSING.search(line) is not None


def _is_prose(line: str) -> bool:
    return len(line) >= _PROSE_LINE and _ENDS_AS_SENTENCE.search(line) is not None


def _stands_above(line: str) -> bool:
    """A dateline, a byline, a counter of views."""
    if len(line) <= _LONGEST_PUBLISHED and _PUBLISHED.match(line) and find_date(line) is not None:
        return True
    if len(line) > _LONGEST_DATELINE:
        return False
    # an act says by which act it was adopted: with a date and a number
    if "№" in line or line.lower().startswith("бұйрық"):
        return False
    if _TIME_OR_NUMBER.fullmatch(line) or _BYLINE.fullmatch(line):
        return True
    return find_date(line) is not None
