"""The examples for containers: they parse, and every command in them exists with its options."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from kaz_flows.cli.app import kazcorpus

CHECKOUT = Path(__file__).resolve().parents[1]
COMPOSE = CHECKOUT / "deploy" / "compose.yaml"
KUBERNETES = CHECKOUT / "deploy" / "kubernetes" / "cluster.yaml"
DOCKERFILE = (CHECKOUT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
IMAGE = "kazcorpus"


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")))


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(KUBERNETES.read_text(encoding="utf-8")))


def pods() -> Iterator[dict[str, Any]]:
    for manifest in manifests():
        if "template" in manifest.get("spec", {}):
            yield manifest["spec"]["template"]["spec"]


def commands() -> Iterator[list[str]]:
    for service in compose()["services"].values():
        yield [*service.get("entrypoint", ["kazcorpus"]), *service["command"]]
    for pod in pods():
        for container in pod["containers"]:
            yield [*container["command"], *container["args"]]


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_a_command_exists_with_its_options(words: list[str]) -> None:
    if words[0] == "kazcorpus":
        command = kazcorpus.get_command(click.Context(kazcorpus), words[1])
        assert command is not None
        command.make_context(words[1], [re.sub(r"\$\{.*", "s3://b/c", word) for word in words[2:]])
        return
    assert words[0] == "dask"
    for word in words[2:]:
        # `--dashboard / --no-dashboard` and `--nanny / --no-nanny` are one option each
        assert not word.startswith("--") or word in options_of_dask(words[1]), word


@cache
def options_of_dask(name: str) -> set[str]:
    asked = [sys.executable, "-P", "-W", "ignore", "-m", "dask", name, "--help"]
    shown = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"--[a-z][\w-]*", shown))


def test_everything_runs_from_the_image_that_the_dockerfile_makes() -> None:
    services = compose()["services"].values()
    assert {service["image"] for service in services} == {IMAGE}
    assert {service["build"]["dockerfile"] for service in services} == {"deploy/Dockerfile"}
    assert {container["image"] for pod in pods() for container in pod["containers"]} == {IMAGE}
    assert f"-t {IMAGE} " in DOCKERFILE
    for source in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((CHECKOUT / name).exists() for name in source.split())


def test_the_extras_of_the_image_are_those_of_the_package() -> None:
    package = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    for extra in re.findall(r"--extra (\w+)", DOCKERFILE):
        assert re.search(rf"^{extra} = \[", package, re.MULTILINE)
    assert "DASK_DISTRIBUTED__WORKER__DAEMON=False" in DOCKERFILE


def test_no_port_of_the_cluster_is_open_to_others() -> None:
    assert all("ports" not in service for service in compose()["services"].values())
    kinds = {manifest["kind"] for manifest in manifests()}
    assert "NetworkPolicy" in kinds
    services = [manifest for manifest in manifests() if manifest["kind"] == "Service"]
    assert all(service["spec"].get("type", "ClusterIP") == "ClusterIP" for service in services)


def test_no_pod_may_become_root_or_holds_a_key() -> None:
    for pod in pods():
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            assert container["securityContext"]["runAsNonRoot"] is True
            assert "env" not in container


def test_what_the_selectors_name_is_there() -> None:
    labels = [
        manifest["spec"]["template"]["metadata"]["labels"]
        for manifest in manifests()
        if "template" in manifest.get("spec", {})
    ]
    for manifest in manifests():
        spec = manifest["spec"]
        found = spec.get("selector", spec.get("podSelector"))
        wanted = (found or {}).get("matchLabels", found)
        if wanted:
            assert any(wanted.items() <= label.items() for label in labels), manifest["kind"]
