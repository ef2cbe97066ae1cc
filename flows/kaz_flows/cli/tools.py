"""The tools that make each stage useful alone: lines or pages in, lines out, in order."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaz_flows.cli.options import EXISTING_FILE, example
from kaz_flows.cli.show import print_json

if TYPE_CHECKING:
    from kaz_cleaning.config import CleaningConfig

LINES_AT_ONCE = 512

files_argument = click.argument("files", nargs=-1, type=EXISTING_FILE, metavar="[FILE]...")


@click.command(
    epilog=example(
        "kazcorpus extract page.html\nkazcorpus extract - < page.html\n"
        "kazcorpus extract --explain page.html\n"
        "kazcorpus extract --explain --workspace my-corpus page.html"
    )
)
@click.argument("files", nargs=-1, required=True, type=EXISTING_FILE, metavar="FILE...")
@click.option("--url", default="", help="The page's address, which helps to find its date.")
@click.option(
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    help="Decide by this workspace's [clean] settings instead of the defaults.",
)
@click.option("--explain", is_flag=True, help="Show each step: decision, value, threshold.")
@click.option("--json", "as_json", is_flag=True, help="With --explain: JSON lines, with `steps`.")
def extract(
    files: tuple[Path, ...], url: str, workspace: Path | None, explain: bool, as_json: bool
) -> None:
    """Extract the main text of HTML pages: one JSON line a page.

    Each line holds file, kept, reason, text, title, date, language, script, score. The text is
    there also when a later rule would drop the page; `reason` then names the rule and its value.
    """
    from kaz_cleaning.examine import examine_files

    config = _cleaning_of(workspace) if workspace else None
    pages = examine_files(map(_bytes_of, files), url=url, explained=explain, config=config)
    for path, page in zip(files, pages, strict=True):
        steps = page.pop("steps")
        if explain and not as_json:
            _show_steps(path, page, steps)
        else:
            print_json({"file": str(path), **page, **({"steps": steps} if explain else {})})


def _cleaning_of(folder: Path) -> CleaningConfig:
    from kaz_datasets.workspace import Workspace
    from kaz_flows.configuration import Configuration

    return replace(Configuration.of(Workspace.open(folder)).for_cleaning(), workers=1)


def _show_steps(path: Path, page: dict[str, Any], steps: Iterable[dict[str, Any]]) -> None:
    click.echo(f"{path}: {'kept' if page['kept'] else page['reason']}")
    for step in steps:
        asked = f"  (asked: {step['threshold']})" if step["threshold"] else ""
        click.echo(f"  {step['decision']:<5} {step['step']:<20} {step['value']}{asked}")


@click.command(epilog=example('echo "Қазақ тілі — мемлекеттік тіл." | kazcorpus identify'))
@files_argument
@click.option("--documents", is_flag=True, help="Judge each FILE as one document.")
def identify(files: tuple[Path, ...], documents: bool) -> None:
    """Identify the language of lines of text: one JSON line each, in order.

    Labels are ISO 639-3 and ISO 15924 (kaz_Cyrl); `und` is unknown. Reads stdin without FILE.
    With --documents also the share of Kazakh, and whether another language shares the text.
    """
    from kaz_cleaning.language import load_model

    model = load_model()
    if documents:
        for path in files or (Path("-"),):
            verdict = model.judge(_bytes_of(path).decode("utf-8", "replace"))
            print_json({"file": str(path), **asdict(verdict)})
        return
    for lines in _batches(_lines(files)):
        for label in model.identify(lines):
            print_json({"label": label.label, "score": round(label.score, 4)})
        sys.stdout.flush()


@click.command(epilog=example("kazcorpus normalise page.txt > clean.txt"))
@files_argument
def normalise(files: tuple[Path, ...]) -> None:
    """Normalise lines of text: NFC, look-alike letters, spaces. As many lines out as in.

    Reads stdin without FILE.
    """
    from kaz_cleaning.normalise import normalise as normalise_text

    _each_line(files, lambda line: normalise_text(line).text)


@click.command(
    epilog=example(
        'echo "Қазақ тілі" | kazcorpus transliterate --to 2021\n'
        'echo "Qazaq tılı" | kazcorpus transliterate --from 2021 --to arabic'
    )
)
@files_argument
@click.option("--from", "source", default="cyrillic", show_default=True, help="The alphabet read.")
@click.option("--to", "target", default="2021", show_default=True, help="The alphabet written.")
def transliterate(files: tuple[Path, ...], source: str, target: str) -> None:
    """Write lines of Kazakh in another alphabet. As many lines out as in.

    Alphabets: cyrillic, arabic, and in Latin letters 2017, 2018, 2021, mediawiki, qazaqparat,
    practical, plain; the last two cannot be read back. Reads stdin without FILE.
    """
    from kaz_cleaning.read_script import convert

    convert("", source, target)
    _each_line(files, lambda line: convert(line, source, target))


@click.command(
    epilog=example("kazcorpus sentences page.txt\nkazcorpus sentences --tokens page.txt")
)
@files_argument
@click.option("--tokens", "cut", is_flag=True, help="Put spaces between words and signs.")
def sentences(files: tuple[Path, ...], cut: bool) -> None:
    """Cut Kazakh text into sentences: one a line. A line break always ends one.

    Reads stdin without FILE.
    """
    from kaz_cleaning.sentences import split_sentences
    from kaz_cleaning.tokens import split_tokens

    for lines in _batches(_lines(files)):
        found = (sentence for line in lines for sentence in split_sentences(line))
        shown = (" ".join(split_tokens(one)) if cut else one for one in found)
        click.echo("".join(f"{one}\n" for one in shown), nl=False)


@click.command(epilog=example('echo "Тел.: +7 701 000 00 00" | kazcorpus mask'))
@files_argument
def mask(files: tuple[Path, ...]) -> None:
    """Replace personal data in lines of text by typed placeholders. As many lines out as in.

    Reads stdin without FILE.
    """
    from kaz_cleaning.masks import mask as mask_text

    _each_line(files, lambda line: mask_text(line).text)


def _each_line(files: tuple[Path, ...], change: Callable[[str], str]) -> None:
    for lines in _batches(_lines(files)):
        click.echo("".join(f"{change(line)}\n" for line in lines), nl=False)


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    # a person typing at a terminal wants each answer at once
    at_once = 1 if sys.stdin.isatty() else LINES_AT_ONCE
    remaining = iter(lines)
    while batch := list(islice(remaining, at_once)):
        yield batch


def _lines(files: tuple[Path, ...]) -> Iterator[str]:
    """Lines ended by LF alone: other separators of Unicode are part of the text."""
    for path in files or (Path("-"),):
        stream = sys.stdin.buffer if str(path) == "-" else path.open("rb")
        with stream:
            for line in stream:
                yield line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")


def _bytes_of(path: Path) -> bytes:
    return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
