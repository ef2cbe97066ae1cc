from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field, ValidationError, field_validator

from kaz_datasets.errors import BadConfiguration, NotFound
from kaz_datasets.strict_toml import StrictModel, load_toml, mistakes


class Polite(StrictModel):
    delay: float = Field(default=1.0, ge=1.0)
    max_pages: int = 100


class Mirror(StrictModel):
    host: str


class Example(StrictModel):
    name: str
    polite: Polite = Polite()
    mirrors: tuple[Mirror, ...] = ()
    basis: str = Field(default="unclear", alias="rights-basis")

    @field_validator("name")
    @classmethod
    def _no_spaces(cls, name: str) -> str:
        if " " in name:
            raise ValueError("write it without spaces")
        return name


def load(tmp_path: Path, text: str) -> Example:
    path = tmp_path / "example.toml"
    path.write_text(text, "utf-8")
    return load_toml(path, Example)


def test_a_file_without_mistakes(tmp_path: Path) -> None:
    read = load(tmp_path, 'name = "таң"\nrights-basis = "permission"\n[polite]\ndelay = 2\n')
    assert (read.name, read.polite.delay, read.basis) == ("таң", 2.0, "permission")
    with pytest.raises(ValidationError):
        read.name = "other"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "example.toml: missing key name"),
        ('name = "a"\nnmae = "b"', "unknown key nmae (did you mean 'name'?)"),
        ('name = "a"\ndelay = 2', "unknown key delay: it belongs into the table [polite]"),
        ('[polite]\nname = "a"', "unknown key polite.name: it belongs at the top, before the"),
        ('name = "a"\nmirrors = 1', 'mirrors: write a list, such as ["a", "b"]'),
        ('name = "a"\nzzz = 1', "unknown key zzz (known: mirrors, name, polite, rights-basis)"),
        ('name = "a"\nright-basis = "b"', "did you mean 'rights-basis'?"),
        ('name = "a"\n[polite]\ndelai = 2', "unknown key polite.delai (did you mean 'delay'?)"),
        ('name = "a"\n[polite]\ndelay = 0.5', "polite.delay: Input should be greater than or"),
        ('name = "a"\n[polite]\ndelay = "x"', "polite.delay: write a number, without quotes"),
        ('name = "a b"', "name: write it without spaces"),
        ("name = 1", "name: write a text in quotes"),
        ('name = "a"\n[[mirrors]]\nhots = "x"\nhost = "y"', "unknown key mirrors.0.hots"),
        ('name = "a"\n[[mirrors]]\n', "missing key mirrors.0.host"),
        ('name = "a"\npolite = 1', "polite: it is a table: begin it with [polite]"),
        (
            "name = таң",
            "is not valid TOML: Invalid value in line 1; a text stands in straight quotes",
        ),
        (
            'name = "\\d"',
            r"a backslash stays a backslash only in single quotes: 'a\d+' (it is: name",
        ),
        ("name = ", "example.toml is not valid TOML"),
        ('name = "a"\nname = "b"', "example.toml is not valid TOML"),
        ("a = " + "[" * 100_000, "example.toml is not valid TOML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        load(tmp_path, text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "(known: )" not in str(caught.value)


def test_every_mistake_has_its_clause(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"missing key name; unknown key other"):
        load(tmp_path, "other = 1")


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "example.toml").write_bytes('name = "таң"'.encode("cp1251", "replace"))
    with pytest.raises(BadConfiguration, match=r"example\.toml is not UTF-8"):
        load_toml(tmp_path / "example.toml", Example)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no such file: .*absent\.toml"):
        load_toml(tmp_path / "absent.toml", Example)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert load(tmp_path, '\ufeffname = "a"').name == "a"


def test_mistakes_come_one_by_one_with_their_keys() -> None:
    found = mistakes({"other": 1, "mirrors": [{"host": 2}], "polite": {"delay": 0}}, Example)
    assert [item.key for item in found] == ["name", "polite.delay", "mirrors.0.host", "other"]
    assert mistakes({"name": "a"}, Example) == []
