"""A small dump in the shape of the Kazakh Wikipedia's."""

from __future__ import annotations

from xml.sax.saxutils import escape

LONG_TEXT = (
    "'''Абай Құнанбайұлы''' — қазақтың ұлы [[ақын|ақыны]], ағартушы әрі ойшыл.<ref>Дерек</ref>"
    " Ол қазақ жазба әдебиетінің негізін қалаған тұлғалардың бірі болып саналады.\n\n"
    "== Өмірі ==\nАбай Шыңғыстау бөктерінде дүниеге келіп, балалық шағын ауылда өткізді."
    " Кейін Семей қаласында медреседе оқып, шығыс тілдері мен әдебиетін үйренді."
    " Оның өлеңдері халық арасында кең тарап, бүгінге дейін мектептерде оқытылады.\n\n"
    "Ақынның қара сөздерінде еңбек, білім және адамгершілік туралы терең ойлар айтылған."
    " Бұл шығармалар көптеген тілдерге аударылып, әлем оқырмандарына да жол тапты.\n"
    "[[Санат:Ақындар]]"
)

SITEINFO = (
    "<siteinfo><sitename>Уикипедия</sitename><dbname>{name}</dbname>"
    "<base>https://{host}/wiki/%D0%91%D0%B0%D1%81%D1%82%D1%8B</base><namespaces>"
    '<namespace key="0" case="first-letter" /><namespace key="6">Сурет</namespace>'
    '<namespace key="104">Бет</namespace></namespaces></siteinfo>'
)


def page(
    title: str, text: str, *, ns: int = 0, redirect: bool = False, model: str = "wikitext"
) -> str:
    moved = '<redirect title="Абай" />' if redirect else ""
    revision = (
        "<revision><id>1</id><timestamp>2025-03-04T05:06:07Z</timestamp>"
        f'<model>{model}</model><text xml:space="preserve">{escape(text)}</text></revision>'
    )
    return f"<page><title>{title}</title><ns>{ns}</ns><id>1</id>{moved}{revision}</page>"


def dump(*pages: str, name: str = "kkwiki", host: str = "kk.wikipedia.org") -> bytes:
    start = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11">\n'
    return (
        start + SITEINFO.format(name=name, host=host) + "".join(pages) + "</mediawiki>"
    ).encode()
