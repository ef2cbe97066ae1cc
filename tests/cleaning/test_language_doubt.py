from __future__ import annotations

from benchmarks.cleaning.language_doubt import (
    APOSTROPHES,
    OTHER_ALPHABET,
    REPEATED,
    TWO_LABELS,
    doubts,
)

from kaz_cleaning.measure_language import Row


def test_rows_whose_label_cannot_be_right_are_found_by_rule() -> None:
    lines = [
        ("kaz_Cyrl", "Бүгін ауылға автобус келді"),
        ("kaz_Cyrl", "бүгін  ауылға автобус келді"),
        ("kaa_Latn", "Allahtan basqa eşkim älemniñ ïyesi emes"),
        ("kaa_Latn", "Qaraqalpaq tili ha'm a'debiyatı"),
        ("kaz_Latn", "Usı isimler ko'pliginen izlew"),
        ("kir_Cyrl", "Ол келди"),
        ("kaa_Cyrl", "Ол келди"),
        ("kaz_Latn", "Betti alastaw"),
    ]
    rows = [Row(collection="", label=label, text=text) for label, text in lines]
    assert doubts(rows) == {
        1: REPEATED,
        2: OTHER_ALPHABET,
        4: APOSTROPHES,
        5: TWO_LABELS,
        6: TWO_LABELS,
    }


def test_one_language_in_two_scripts_is_in_no_doubt() -> None:
    rows = [Row(collection="", label=label, text="Astana") for label in ("kaz_Latn", "kaz_Cyrl")]
    assert doubts(rows) == {}
