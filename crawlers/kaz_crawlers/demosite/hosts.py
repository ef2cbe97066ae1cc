"""The seven made-up hosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


@dataclass(frozen=True, kw_only=True)
class Host:
    """One made-up site; its page template is `templates/<name>.html.jinja`."""

    name: str
    source: str
    """Id of the source file that crawls it."""
    title: str
    tagline: str
    folder: str | None
    """Folder of the articles it publishes; None for the one that only reprints."""
    menu: Mapping[str, str]
    """Fixed pages named in menus and footers: path → label, besides the sections."""
    sitemap: bool = True
    robots: str | None = "User-agent: *\nDisallow:\n"
    """Body of robots.txt; None answers 404, which RFC 9309 reads as "all allowed"."""

    def url(self, path: str) -> str:
        """The absolute address of `path`, which begins with a slash."""
        return f"http://{self.name}{path}"


TAN = Host(
    name="tan.example",
    source="demo-news",
    title="Таң жаршысы",
    tagline="Күн сайынғы жаңалықтар",
    folder="news",
    menu={
        "/about": "Редакция туралы",
        "/kk/kiru": "Кіру",
        "/kk/kuntizbe/2025/11": "Күнтізбе",
        "/zhabyq/muragat": "Жабық мұрағат",
        "/zhabyq/redaksiia": "Редакция бөлмесі",
        "/kk/zhoq-bet": "Мобильді қосымша",
    },
    robots="User-agent: *\nDisallow: /zhabyq/\n\nSitemap: http://tan.example/sitemap.xml\n",
)
ZAN = Host(
    name="zan.example",
    source="demo-law",
    title="Заңнама",
    tagline="Құқықтық актілер жинағы",
    folder="law",
    menu={"/about": "Жоба туралы"},
)
SAULYQ = Host(
    name="saulyq.example",
    source="demo-health",
    title="Саулық",
    tagline="Денсаулық туралы қарапайым тілмен",
    folder="health",
    menu={"/about": "Журнал туралы"},
)
BILIM = Host(
    name="bilim.example",
    source="demo-education",
    title="Білім порталы",
    tagline="Мектеп, мұғалім, ата-ана",
    folder="education",
    menu={"/about": "Портал туралы"},
)
MURA = Host(
    name="mura.example",
    source="demo-culture",
    title="Мұра",
    tagline="Мәдениет журналы",
    folder="culture",
    menu={"/about": "Журнал туралы"},
    robots="User-agent: *\nAllow: /\n\nSitemap: http://mura.example/sitemap.xml\n",
)
ENSIK = Host(
    name="ensik.example",
    source="demo-encyclopedia",
    title="Энсик",
    tagline="Ашық энциклопедия",
    folder="encyclopedia",
    menu={"/about": "Жоба туралы"},
)
KOSHIRME = Host(
    name="koshirme.example",
    source="demo-mirror",
    title="Көшірме",
    tagline="Барлық жаңалық бір жерде",
    folder=None,
    menu={"/about": "Сайт туралы"},
    sitemap=False,
    robots=None,
)
HOSTS: tuple[Host, ...] = (TAN, ZAN, SAULYQ, BILIM, MURA, ENSIK, KOSHIRME)
