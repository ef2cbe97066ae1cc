from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from kaz_cleaning.derived_relatives import (
    as_gagauz,
    as_karakalpak,
    as_latin_karakalpak,
    as_turkmen,
    tatar_as_crimean_tatar,
)
from kaz_cleaning.derived_text import (
    arabic_kyrgyz,
    as_altai,
    as_bashkir,
    as_karachay,
    as_khakas,
    as_kumyk,
    as_nogai,
    cyrillic_crimean_tatar,
    cyrillic_karakalpak,
    cyrillic_uyghur,
    cyrillic_uzbek,
    latin_ae,
    latin_tatar,
)
from kaz_cleaning.train_language import train
from kaz_cleaning.training_spans import labelled_spans
from kaz_cleaning.training_text import SOURCES, is_held_out, read_lines
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
        (as_kumyk("өзен жоқ көз"), "оьзен ёкъ гёз"),
        (as_khakas("жер бар қара"), "чир пар хара"),
        (as_karakalpak("тауға барып еді"), "таўға барып еди"),
        (as_karakalpak("адамдармен және осы халықтық іс"), "адамлар менен ҳәм усы халықлық ис"),
        (as_latin_karakalpak("тауға барып еді!"), "tawǵa barıp edi!"),
        (as_latin_karakalpak("тауға барып еді"), "tawg'a barıp edi"),
        (as_turkmen("və mən evdən çıxdım"), "we men ewdän çyhdym"),
        (tatar_as_crimean_tatar("häm keşelär belän"), "ve keşeler ile"),
        (as_gagauz("insanlar için doğru değil ve evde"), "insannar deyni dooru diil hem evdä"),
        (latin_ae("ӕмӕ"), "æмæ"),
        (as_karachay("үч жыл"), "юч жыл"),
        (as_altai("жаңы жыл"), "јаҥы јыл"),
        (as_bashkir("су сөз"), "һу һөҙ"),
    ],
)
def test_spellings_by_table(written: str, expected: str) -> None:
    assert written == expected


def test_a_stand_in_that_tells_nothing_is_not_shown() -> None:
    shown = list(labelled_spans({"kaz_Cyrl": ["бала", "өзен"]}, share=0.01))
    nogai = {words for label, words in shown if label == "nog_Cyrl"}
    assert "оьзен" in nogai
    assert "бала" not in nogai


def test_kazakh_lines_among_karakalpak_ones_are_not_learnt(tmp_path: Path) -> None:
    shown = ["Ïman sözi qazaqtıñ tilinde bar", "Qaraqalpaq tili ha'm a'debiyatı"]
    many = [f"{text} {number}" for text in shown for number in range(90)]
    write(tmp_path, {"lid/kaa_wikipedia_lines": [("kaa_Latn", text) for text in many]})
    found = read_lines(tmp_path)
    assert not [text for text in found.learnt["kaa_Latn"] if "ñ" in text]
    assert [text for text in found.held_out["kaa_Latn"] if "ñ" in text]


def test_of_what_is_learnt_whole_nothing_is_held_out_or_measured(tmp_path: Path) -> None:
    both = next(text for number in range(99) if is_held_out(text := f"Екеуінде де бар {number}"))
    lines = [("kaz_Cyrl", f"Бүгін ауылға автобус келді {number}") for number in range(99)]
    verse = [("kaz_Cyrl", f"Желсіз түнде жарық ай {number}") for number in range(99)]
    write(
        tmp_path,
        {
            "kk_text/tatoeba_kk_sentences": [*lines, ("kaz_Cyrl", both)],
            "kk_text/abai_wikisource_lines": [*verse, ("kaz_Cyrl", both)],
        },
    )
    found = read_lines(tmp_path)
    assert {text for _, text in verse} <= set(found.learnt["kaz_Cyrl"])
    assert both in found.held_out["kaz_Cyrl"]
    assert both not in found.learnt["kaz_Cyrl"]


def write(folder: Path, files: dict[str, list[tuple[str, str]]]) -> None:
    """Every file that training asks for, empty but for the given lines."""
    for name in SOURCES:
        rows = files.get(name.removesuffix(".jsonl.zst"), [])
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with pa.CompressedOutputStream(str(path), "zstd") as stream:
            for label, text in rows:
                lang, script = label.split("_")
                row = {"text": text, "lang": lang, "script": script}
                stream.write(json.dumps(row).encode() + b"\n")


def test_spans_are_the_same_every_time() -> None:
    learnt = {"kaz_Cyrl": ["Бүгін таңертең ауылға жаңа автобус келді"] * 60}
    first = list(labelled_spans(learnt, share=0.01))
    assert len(first) > 1000
    assert list(labelled_spans(learnt, share=0.01)) == first
