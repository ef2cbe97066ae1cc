"""Wikitext becomes what a reader reads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_crawlers.inputs.wikitext import plain_text

CASES = [
    ("'''Абай''' — ''ақын''.", "Абай — ақын."),
    ("[[Алматы|қалада]] тұрды, [[Семей]]де оқыды.", "қалада тұрды, Семейде оқыды."),
    ("Мәтін.<ref>Дерек</ref><ref name=a/> Соңы.", "Мәтін. Соңы."),
    ("[[Сурет:a.jpg|thumb|Ұзын [[атау]]]]Мәтін[[Санат:Ақындар]][[ru:Абай]]", "Мәтін"),
    ("[[:ru:Абай|орысша]] бет", "орысша бет"),
    ("[https://mysal.example сілтеме] мен https://b.example", "сілтеме мен"),
    ("Абай ({{lang-ru|Абай}}; {{туған күні|1845}}) ақын", "Абай (Абай) ақын"),
    ("Семей ({{IPA|x}}, ) қаласы", "Семей қаласы"),
    ("Биіктігі {{convert|5|km}}.", "Биіктігі 5 km."),
    ("5&nbsp;км&amp;1", "5 км&1"),
    ("* бір\n* екі\n# үш\n; төрт : бес", "бір\nекі\nүш\nтөрт\nбес"),
    ("== Өмірі ==\nМәтін.\n== Дереккөздер ==\n* кітап\n=== Тағы ===\nx", "Өмірі\nМәтін."),
    ("== Бос ==\n== Толық ==\nМәтін.", "Толық\nМәтін."),
    ("== Ата ==\n=== Бала ===\nМәтін.", "Ата\nБала\nМәтін."),
    ("Формула <math>x^2</math> бар.<gallery>\nA.jpg\n</gallery>", "Формула бар."),
    ("<!-- жасырын -->Көрінеді<br/>Жаңа жол", "Көрінеді\nЖаңа жол"),
    ("__NOTOC__ Мәтін <nowiki>[сол]</nowiki>", "Мәтін [сол]"),
    ("{{{1|әдепкі}}}", "әдепкі"),
    ("<pages index='K.djvu' from=1 to=2 />", ""),
]


@pytest.mark.parametrize(("wikitext", "text"), CASES)
def test_markup_becomes_text(wikitext: str, text: str) -> None:
    assert plain_text(wikitext) == text


def test_a_data_table_is_a_line_a_row() -> None:
    table = (
        '{| class="wikitable"\n|+ Атауы\n! Қала !! Халқы\n|-\n| [[Алматы]] || 2 млн\n'
        "|-\n| Семей\n| 300 мың\n|}"
    )
    assert plain_text(table) == "Қала | Халқы\nАлматы | 2 млн\nСемей | 300 мың"


@pytest.mark.parametrize("kind", ["infobox", "navbox", "", 'x" style="float:right'])
def test_a_layout_table_is_dropped(kind: str) -> None:
    assert plain_text(f'Басы\n{{| class="{kind}"\n| a || b\n|}}\nСоңы') == "Басы\nСоңы"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*"{|}[]='<>/ \n", "{{", "]]", "ref", "Қазақ", "{|", "|-"])))
def test_no_markup_breaks_it(pieces: list[str]) -> None:
    text = plain_text("".join(pieces))
    assert "\n\n" not in text
    assert not any(mark in text for mark in ("[[", "]]", "{{", "}}", "\x02"))
