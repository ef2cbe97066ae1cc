"""Pages as bytes: a view through its host's template, in the encoding that the plan asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jinja2 import Environment, PackageLoader, StrictUndefined

from kaz_crawlers.demosite.postings import UTF8, Encoding
from kaz_crawlers.demosite.views import View, dotted_date, long_date, short_date


@dataclass(frozen=True, kw_only=True)
class SitePage:
    """One answer of the made-up web."""

    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Renderer:
    """The page templates, read once."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("kaz_crawlers.demosite"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            long_date=long_date, short_date=short_date, dotted_date=dotted_date
        )

    def page(
        self,
        view: View,
        *,
        status: int = 200,
        encoding: Encoding = UTF8,
        headers: Mapping[str, str] | None = None,
    ) -> SitePage:
        """`view` as its host shows it; what the encoding lacks becomes a character reference."""
        html = self._templates.get_template(f"{view.host.name}.html.jinja").render(view=view)
        label = f"; charset={encoding.header}" if encoding.header else ""
        return SitePage(
            status=status,
            content_type=f"text/html{label}",
            headers=headers or {},
            body=html.lstrip().encode(encoding.codec, errors="xmlcharrefreplace"),
        )
