from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from kaz_flows.operations.forms import BuildForm, CrawlForm, PublishForm, ReleaseForm


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (CrawlForm, {"sources": []}),
        (CrawlForm, {"sources": ["a"], "speed": 9}),
        (BuildForm, {"version": "1.0"}),
        (BuildForm, {"version": "01.0.0"}),
        (PublishForm, {"repo": "no-owner"}),
        (PublishForm, {"timeout": 0}),
        (ReleaseForm, {"patience": 1}),
        (ReleaseForm, {"visibility": "secret"}),
    ],
)
def test_what_cannot_be_is_refused(form: type[BuildForm], values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        form(**values)


@pytest.mark.parametrize("form", [BuildForm, PublishForm, ReleaseForm])
def test_an_untouched_form_can_be_sent(form: type[BuildForm]) -> None:
    assert form().version == ""
    assert all("anyOf" not in field for field in form.model_json_schema()["properties"].values())


def test_only_a_proxy_on_this_machine_is_hurried() -> None:
    form = CrawlForm(sources=["a"], proxy="http://127.0.0.1:8760")
    assert form.options("").delay == 0.0
    website = CrawlForm(sources=["a"], unchecked=True).options("https://corpus.example/bot")
    assert (website.delay, website.proxy, website.unchecked) == (None, None, True)
