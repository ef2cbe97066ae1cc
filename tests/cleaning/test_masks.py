from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_cleaning.identifiers import (
    identification_kind,
    is_card,
    is_kazakh_iban,
    is_public_address,
)
from kaz_cleaning.masks import MaskConfig, Masked, mask, pseudonym
from kaz_cleaning.personal_data import _candidates, find_personal_data
from kaz_cleaning.suspicious_lines import STREET, SUSPICIOUS, lines_to_read

# Issued to nobody alive: birth years 1800-1899, the registry's own examples, documentation ranges.
IIN, BIN, IBAN = "680212183131", "940140000385", "KZ86125KZT5004100100"
CARD = "4111111111111111"
PIECES = [
    *(IIN, BIN, IBAN, CARD, "+7 701 000 00 00", "8 (7172) 00-00-00", "a@example.kz", "203.0.113.7"),
    *("тел.: ", "00-00-00", "жеке куәлік ", "№ ", "012345678", "8", "7", "701", "0", " ", ",", "-"),
    *("(", ")", "<PHONE>", "KZ", ".", ":", "\n"),
]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"ЖСН {IIN}", "ЖСН <IIN>"),
        ("ЖСН: 680212 183131", "ЖСН: <IIN>"),
        (f"БСН {BIN}, мекеме", "БСН <BIN>, мекеме"),
        (f"шот {IBAN}.", "шот <IBAN>."),
        ("шот KZ86 125K ZT50 0410 0100", "шот <IBAN>"),
        ("карта 4111 1111 1111 1111", "карта <CARD>"),
        ("ұялы +7 701 000 00 00", "ұялы <PHONE>"),
        ("87010000000, 77010000000", "<PHONE>, <PHONE>"),
        ("8 (7172) 00-00-00, 00-00-01", "<PHONE>, <PHONE>"),
        ("(71542) 0-00-00", "<PHONE>"),
        ("87172–000000", "<PHONE>"),
        ("8 800 000 00 00", "<PHONE>"),
        ("Тел.: 00-00-00", "Тел.: <PHONE>"),
        ("+996 555 000 000", "<PHONE>"),
        ("хат: a.b+c@mail.example.kz.", "хат: <EMAIL>."),
        ("info [at] example.kz", "<EMAIL>"),
        ("пошта@мысал.қаз", "<EMAIL>"),
        ("IP: 203.0.113.7 және 2001:db8::1", "IP: <IP> және <IP>"),
        ("жеке куәлігінің № 012345678", "жеке куәлігінің № <ID>"),
        ("удостоверение личности 012345678", "удостоверение личности <ID>"),
        ("төлқұжат N 00000000", "төлқұжат <ID>"),
        ("N00000000", "<ID>"),
        ("көлігі 123ABC02 болды", "көлігі <PLATE> болды"),
        ("автокөлік 123 ABC 02, нөмірі A 123 BC", "автокөлік <PLATE>, нөмірі <PLATE>"),
        ("7 (7172) 00 00 00, 00 00 01", "<PHONE>, <PHONE>"),
        ("факс(87172)000000", "факс<PHONE>"),
        (
            "сенім телефоны: бөлім - 72-00-00, хатшы 72-00-01",
            "сенім телефоны: бөлім - <PHONE>, хатшы <PHONE>",
        ),
        ("a@example.kzwww.example.kz", "<EMAIL>www.example.kz"),
        ("Достық көшесі, 5, 12 пәтер", "<ADDRESS>"),
        ("ул. 8 Марта, д.24", "<ADDRESS>"),
        ("Алматы қ., Абай даңғылы 42", "Алматы қ., <ADDRESS>"),
        ("Алматы, Достық, 57 тел.: 00-00-00", "Алматы, <ADDRESS> тел.: <PHONE>"),
    ],
)
def test_personal_data_is_replaced_by_its_type(text: str, masked: str) -> None:
    result = mask(text)
    assert result.text == masked
    expected = {kind: masked.count(f"<{kind.upper()}>") for kind in result.counts}
    assert result.counts == expected
    assert sum(expected.values()) == masked.count("<")


@pytest.mark.parametrize(
    "text",
    [
        "Бағасы 12 500 000 теңге, жалпы сомасы 8 700 000 000 теңге",
        "87 011 234 567 теңге бөлінді",
        "2024 жылғы 17 мамырдағы № 350-VI ҚРЗ Заңы, 17.05.2024, 2019-2020 жж.",
        "1.2.3.4-тармақ және 12-баптың 3-тармағы, сағат 12:30:45",
        "ISBN 978-601-01-1234-5, ISSN 1234-5678",
        "80000000000 және 123456789012",
        "жергілікті 192.168.1.10, 127.0.0.1 және 10.0.0.1",
        "паспорт құны 12500000 теңге",
        "мемлекеттік тіркеу туралы куәлік № 12345678",
        "шот KZ87125KZT5004100100",  # wrong check digits
        "ЖСН 680212183134",  # wrong control digit
        "@example сілтемесі",
        "Астана, Алматы, 25 мамыр және 12-көше, 5 адам",
        "Абай көшесі 15 жылда салынды, Достық көшесі, 3-тармақ",
        "кездесу 12-05-14 күні, телефонмен сөйлесті",
        "сағат 16.00-18.00, 1 желі, ТС KZ 12-03 № 00036",
        "бағасы 100 USD 10 бойынша",
        "",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).counts == {}


@given(st.lists(st.sampled_from(PIECES), max_size=15))
def test_twice_is_once(pieces: list[str]) -> None:
    text = "".join(pieces)
    once = mask(text).text
    assert mask(once).text == once
    assert mask(once).counts == {}
    assert once.count("\n") == text.count("\n")


@given(st.text(max_size=80), st.sampled_from(["", "құпия"]))
def test_any_string_can_be_masked_once(text: str, key: str) -> None:
    config = MaskConfig(key=key)
    once = mask(text, "news", config)
    assert mask(once.text, "news", config) == Masked(once.text, {})


@given(st.lists(st.sampled_from(PIECES), max_size=15))
def test_pieces_lie_in_order_and_apart(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = find_personal_data(text)
    for before, after in pairwise(found):
        assert before.end <= after.start
    assert all(0 <= piece.start < piece.end <= len(text) for piece in found)


@given(st.lists(st.text(alphabet="аb1@:.(\U0001f600 ", max_size=12), max_size=6))
def test_lines_to_read_are_lines_with_a_digit_or_a_sign(lines: list[str]) -> None:
    text = "\n".join(lines)
    data = text.encode()
    read = {}
    for _, start, end, offset, _ in lines_to_read([data]).tolist():
        line = data[start:end].decode()
        assert text[offset : offset + len(line)] == line
        read[offset] = line
    offset = 0
    for line in lines:
        assert not any(sign in line for sign in "1@") or read[offset] == line
        offset += len(line) + 1


def test_a_pseudonym_is_one_for_every_spelling_and_another_for_every_key() -> None:
    spellings = ["+7 701 000 00 00", "87010000000", "8 (701) 000-00-00"]
    assert len({pseudonym("phone", spelling, "a") for spelling in spellings}) == 1
    config = MaskConfig(key="a")
    masked = mask("тел. +7 701 000 00 00 немесе 87010000000", config=config).text
    name = pseudonym("phone", spellings[0], "a")
    assert masked == f"тел. <PHONE:{name}> немесе <PHONE:{name}>"
    assert pseudonym("phone", spellings[0], "b") != name
    assert "a" not in repr(config).replace("MaskConfig", "").partition("keep")[0]


def test_official_acts_keep_the_numbers_of_organisations() -> None:
    text = f"БСН {BIN}, ЖСН {IIN}"
    assert mask(text, "law").text == f"БСН {BIN}, ЖСН <IIN>"
    assert mask(text, "law", MaskConfig(keep={})).text == "БСН <BIN>, ЖСН <IIN>"
    assert mask(text, "news").text == "БСН <BIN>, ЖСН <IIN>"


@given(st.text(alphabet="абвгдәіңқ ,.!?«»-\n"))
def test_text_without_digits_is_the_same(text: str) -> None:
    assert mask(text).text == text


def test_published_identification_numbers(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "pii/iin_bin_vectors.json").read_text(encoding="utf-8"))
    for vector in vectors["vectors"]:
        expected = vector["kind"].lower() if vector["valid"] else None
        assert identification_kind(vector["value"]) == expected, vector


def test_published_accounts(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "pii/iban_kz_vectors.json").read_text(encoding="utf-8"))
    for vector in vectors["vectors"]:
        assert is_kazakh_iban(vector["value"].replace(" ", "")) == vector["valid"], vector
        assert ("<IBAN>" in mask(vector["value"]).text) == vector["valid"], vector


def test_few_random_numbers_pass_for_identification() -> None:
    chance = random.Random(1)
    numbers = [f"{chance.randrange(10**12):012d}" for _ in range(20_000)]
    assert sum(identification_kind(number) is not None for number in numbers) < 200


@pytest.mark.parametrize(
    "number", ["4111111111111112", "0000000000000000", "411111111111111", "١" * 16]
)
def test_numbers_that_are_no_cards(number: str) -> None:
    assert not is_card(number)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "224.0.0.1", "::1", "fe80::1", "1.2.3", "256.1.1.1"]
)
def test_addresses_of_nobody(address: str) -> None:
    assert not is_public_address(address)


def test_office_contacts_are_found(shared_data: Path) -> None:
    path = shared_data / "pii/contact_segments.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert sum(bool(mask(row["text"]).counts) for row in rows) >= 0.95 * len(rows)


def test_nothing_in_the_laws_is_personal(shared_data: Path) -> None:
    pages = (shared_data / "html/kk_pages/gold.jsonl").read_text("utf-8").splitlines()
    laws = [row for row in map(json.loads, pages) if row["page_type"] == "law"]
    assert sum(len(law["main_text"]) for law in laws) > 1_000_000
    assert [find_personal_data(law["main_text"]) for law in laws] == [[]] * len(laws)


TELLING = [
    *PIECES,
    *(
        "+",
        "/",
        " [at] ",
        "(собака)",
        "@",
        "ЖСН ",
        "bın: ",
        "680212 183131",
        "123ABC01",
        "N",
        "ID card",
    ),
    *(
        "Абай көшесі, 5",
        "ул. Сатпаева, 12",
        "Алматы, Абая, 5, каб",
        " к., ",
        "12-34-56",
        "факс ",
        "∓",
    ),
    *(
        "4111 1111 1111 1111",
        "2001:db8::1",
        "1.2.3.4",
        "қ",
        "A",
        "\u2013",
        "\u00a0",
        "\u1c84ел ",
        "99",
    ),
]


@given(st.lists(st.sampled_from(TELLING), max_size=12))
def test_no_sign_hides_a_piece(pieces: list[str]) -> None:
    """What the patterns find with all signs up, they find with those that the line has."""
    line = "".join(pieces).replace("\n", " ")
    found = list(find_personal_data(line))
    read = lines_to_read([line.encode()])
    everything = set(_candidates(line, -1)) if read[:, 4].any() else set()
    if not len(read) or not read[0, 4] & (SUSPICIOUS | STREET):
        assert found == []
    else:
        assert set(_candidates(line, int(read[0, 4]))) == everything
