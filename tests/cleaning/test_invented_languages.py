from __future__ import annotations

from collections import Counter

from kaz_cleaning.invented_languages import invented_spans

KNOWN = {
    "kaz_Cyrl": ["бүгін ауылға автобус келді", "балалар мектепке барды"],
    "eng_Latn": ["this morning a bus came", "children go to school"],
}


def test_each_script_has_its_invented_languages() -> None:
    labels = Counter(label for label, _ in invented_spans(KNOWN, share=0.1))
    assert labels == {"und_Cyrl": 2400, "und_Latn": 1200}  # no Arabic words, no Arabic language


def test_they_are_the_same_every_time_and_as_long_as_their_words() -> None:
    first = list(invented_spans(KNOWN, share=0.01))
    assert first == list(invented_spans(KNOWN, share=0.01))
    lengths = {len(text) for texts in KNOWN.values() for text in texts}
    assert {len(words) for _, words in first} <= lengths


def test_most_words_are_nobodys() -> None:
    words = [text for label, text in invented_spans(KNOWN, share=0.1) if label == "und_Cyrl"]
    assert sum(text in KNOWN["kaz_Cyrl"] for text in words) < 0.02 * len(words)
