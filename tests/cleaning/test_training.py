from __future__ import annotations

from pathlib import Path

import pytest

from kaz_cleaning.derived_text import (
    arabic_kyrgyz,
    as_altai,
    as_bashkir,
    as_karachay,
    as_karakalpak,
    as_khakas,
    as_kumyk,
    as_latin_karakalpak,
    as_nogai,
    cyrillic_crimean_tatar,
    cyrillic_karakalpak,
    cyrillic_uyghur,
    cyrillic_uzbek,
    latin_tatar,
)
from kaz_cleaning.train_language import train
from kaz_cleaning.training_spans import labelled_spans
from kaz_cleaning.training_text import is_held_out
from kaz_datasets.errors import NotFound


def test_training_says_what_it_misses(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="model card"):
        train(tmp_path, tmp_path / "out.npz")


def test_the_held_out_part_is_a_tenth() -> None:
    assert sum(is_held_out(str(number)) for number in range(5000)) == pytest.approx(500, abs=100)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            cyrillic_karakalpak("Qaraqalpaq tili ha'm a'debiyatı"),
            "қарақалпақ тили ҳәм әдебияты",
        ),
        (cyrillic_uzbek("Oʻzbekiston, yaxshi"), "ўзбекистон, яхши"),
        (cyrillic_uyghur("ھەممە ئادەم"), "һәммә адәм"),
        (latin_tatar("Барлык кешеләр дә азат"), "barlık keşelär dä azat"),
        (cyrillic_crimean_tatar("üç yıl körüşmedik, Qırımğa"), "уч йыл кёрушмедик, къырымгъа"),
        (arabic_kyrgyz("жана"), "جانا"),
        # words of each language itself, from their Kazakh, Kyrgyz or Tatar cousins
        (as_nogai("жер тау жоқ өзен күн екі"), "ер тав йок оьзен куьн эки"),
        (as_kumyk("өзен жоқ"), "оьзен йокъ"),
        (as_khakas("жер бар қара"), "чир пар хара"),
        (as_karakalpak("тауға барып еді"), "таўға барып еди"),
        (as_latin_karakalpak("тауға барып еді"), "tawǵa barıp edi"),
        (as_karachay("үч жыл"), "юч жыл"),
        (as_altai("жаңы жыл"), "јаҥы јыл"),
        (as_bashkir("су сөз"), "һу һөҙ"),
    ],
)
def test_spellings_by_table(written: str, expected: str) -> None:
    assert written == expected


def test_a_stand_in_that_tells_nothing_is_not_shown() -> None:
    shown = list(labelled_spans({"kaz_Cyrl": ["бала", "өзен"]}))
    nogai = {words for label, words in shown if label == "nog_Cyrl"}
    assert "оьзен" in nogai
    assert "бала" not in nogai


def test_spans_are_the_same_every_time() -> None:
    learnt = {"kaz_Cyrl": ["Бүгін таңертең ауылға жаңа автобус келді"] * 60}
    assert list(labelled_spans(learnt)) == list(labelled_spans(learnt))
