"""Lines that frame an article go, sentences that merely have their words stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_cleaning.stray_lines import without_stray_lines

PROSE = "Көктем шыққалы бері ауыл маңындағы бұлақтың суы молайып, арнасынан асып барады."


@pytest.mark.parametrize(
    "line",
    [
        "-",
        "___",
        "\u200b",
        "Бөлісу:",
        "Сурет: ашық дереккөзден",
        "Фото: пресс-служба акимата",
        "Photo: Getty Images",
        "Сондай-ақ оқыңыз: Ауылда жаңа мектеп ашылды",
        "Тағы оқыңыздар: Ауылда жаңа мектеп ашылды",
        "Читайте также: В селе открылась новая школа",
        "Related: A new school opened",
    ],
)
def test_labels_credits_and_pointers_go_wherever_they_stand(line: str) -> None:
    assert without_stray_lines([PROSE, line, PROSE + " Иә."]) == [PROSE, PROSE + " Иә."]


@pytest.mark.parametrize(
    "line",
    [
        "Біздің Telegram арнамызға жазылыңыз!",
        "Жаңалықтардан қалыс қалмаңыз: WhatsApp арнамызға қосылыңыз.",
        "Подписывайтесь на наш канал в Telegram и узнавайте новости первыми.",
        "Қате тапсаңыз, оны белгілеп, Ctrl+Enter пернелерін басыңыз.",
        "Нашли ошибку? Выделите её и нажмите Ctrl + Enter",
        "Барлық құқықтар қорғалған. Материалды көшіріп басқанда сілтеме жасау міндетті.",
        "© 2024 Редакция",
        "Follow us on Twitter.",
    ],
)
def test_calls_and_notices_go_at_the_end_only(line: str) -> None:
    assert without_stray_lines([PROSE, line]) == [PROSE]
    assert without_stray_lines([PROSE, line, line, "Фото: автор"]) == [PROSE]
    assert without_stray_lines([line, PROSE]) == [line, PROSE]


@pytest.mark.parametrize(
    "line",
    [
        "17 мамыр 2024",
        "Nov. 18, 2019",
        "Published Nov 18, 2019 at 4:07 PM | Updated at 5:36 PM CST on Nov 18, 2019",
        "время публикации: 6 января 2012 г., 04:55 | последнее обновление: 6 января 2012 г., 05:12",
    ],
)
def test_datelines_go_above_the_text_only(line: str) -> None:
    assert without_stray_lines([line, PROSE]) == [PROSE]
    assert without_stray_lines([PROSE, line, PROSE + " Иә."]) == [PROSE, line, PROSE + " Иә."]


@pytest.mark.parametrize(
    "line",
    [
        "Суретші жаңа туындысын көрсетті, көрме бір айға созылады.",
        "Ол Telegram арнасын 2016 жылы ашқан, қазір оны мың адам оқиды.",
        "Қазақстан Республикасы Үкіметінің 2024 жылғы 17 мамырдағы № 380 қаулысы",
        "1-бап. Негізгі ұғымдар",
        "№ 5",
    ],
)
def test_sentences_and_acts_stay(line: str) -> None:
    assert without_stray_lines([line, PROSE, line]) == [line, PROSE, line]


@given(st.lists(st.text(max_size=90).map(lambda line: " ".join(line.split())), max_size=6))
def test_lines_only_go_and_keep_their_order(lines: list[str]) -> None:
    kept = iter(lines)
    assert all(any(line == one for one in kept) for line in without_stray_lines(lines))
