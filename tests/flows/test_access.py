from __future__ import annotations

from pathlib import Path

import pytest

from kaz_datasets.errors import BadConfiguration
from kaz_flows.access import (
    CLIENT_CREDENTIALS,
    CREDENTIALS,
    DATABASE,
    DATABASE_PASSWORD,
    access_of,
    client_credentials,
)
from kaz_flows.cli.app import run
from kaz_flows.configuration import Configuration, make_workspace

LONG = "operator:a-long-enough-secret"


def test_loopback_needs_no_password() -> None:
    assert access_of({}).nearby == "127.0.0.1"
    assert access_of({}, host="::1").nearby == "[::1]"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
@pytest.mark.parametrize("credentials", [None, "operator:short"])
def test_others_are_not_let_in_without_a_password(host: str, credentials: str | None) -> None:
    environment = {CREDENTIALS: credentials} if credentials else {}
    with pytest.raises(BadConfiguration, match=CREDENTIALS) as caught:
        access_of(environment, host=host)
    assert "short" not in str(caught.value)


def test_with_a_password_others_are_let_in() -> None:
    access = access_of({CREDENTIALS: LONG}, host="0.0.0.0")
    assert access.nearby == "127.0.0.1"
    assert access.credentials == LONG
    assert "secret" not in repr(access)


@pytest.mark.parametrize("wrong", ["nocolon", ":nobody", "nothing:"])
def test_credentials_are_user_and_password(wrong: str) -> None:
    with pytest.raises(BadConfiguration, match="user:password"):
        access_of({CREDENTIALS: wrong})


def test_a_name_is_no_address() -> None:
    with pytest.raises(BadConfiguration, match="no address"):
        access_of({}, host="example.org")


def test_clients_are_let_in_by_either_name() -> None:
    assert client_credentials({CREDENTIALS: LONG}) == {CLIENT_CREDENTIALS: LONG}
    assert client_credentials({CREDENTIALS: "x:y", CLIENT_CREDENTIALS: LONG}) == {
        CLIENT_CREDENTIALS: LONG
    }
    assert client_credentials({}) == {}


def test_the_databases_password_comes_from_the_environment() -> None:
    stated = "postgresql+asyncpg://kaz@db.example:5432/prefect"
    access = access_of({DATABASE_PASSWORD: "p/w:@"}, database=stated)
    assert access.database == "postgresql+asyncpg://kaz:p%2Fw%3A%40@db.example:5432/prefect"
    assert "db.example" not in repr(access)
    assert access_of({DATABASE: "sqlite+aiosqlite:///x"}, database=stated).database.startswith("sq")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql+asyncpg://kaz:secretword@db/prefect", DATABASE_PASSWORD),
        ("mysql://db/prefect", "postgresql"),
        ("postgresql+asyncpg:///prefect", "postgresql"),
    ],
)
def test_the_file_takes_no_other_address(
    address: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = make_workspace(tmp_path)
    workspace.configuration.write_text(f'[prefect]\ndatabase = "{address}"\n', encoding="utf-8")
    with pytest.raises(BadConfiguration, match=said) as caught:
        Configuration.of(workspace)
    assert "secretword" not in str(caught.value)


def test_up_refuses_to_be_open_to_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CREDENTIALS, raising=False)
    make_workspace(tmp_path)
    assert run(["up", "--host", "0.0.0.0", "--workspace", str(tmp_path)]) == 2
    assert "others reach the server" in capsys.readouterr().err
