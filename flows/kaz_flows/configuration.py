"""`kazcorpus.toml`: the one configuration of a workspace, checked when it is read."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.model_choice import OWN, ModelChoice, ModelName
from kaz_cleaning.rules import DEFAULT_PRESET, Range, RulesConfig, rules_of
from kaz_cleaning.stage import CLEANING_VERSION
from kaz_datasets.files import write_text
from kaz_datasets.release.config import ReleaseConfig
from kaz_datasets.release.gate import Gate
from kaz_datasets.strict_toml import StrictModel, load_toml, validate
from kaz_datasets.workspace import Workspace
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.stage import DEDUP_VERSION
from kaz_flows.access import check_database
from kaz_flows.masking import PersonalData

TEMPLATE = """\
# What this workspace builds. Every key is optional; the values are the defaults.

[release]
version = "1.0.0"         # raise it for every release you publish
repo = "my-name/my-corpus"  # where it will live on the Hub; the card's examples load from it
pretty_name = "kazcorpus: open Kazakh text from the web"
licence = "ODC-By-1.0"    # of the collection; each row keeps the licence of its own text
# allowed_bases, allowed_licences: what a row must state to be released (datasets/README.md)

[crawl]
contact = ""              # a page or mailto: address where site owners reach you; needed to crawl

[clean]
rules = "kazakh"          # quality: kazakh, fineweb2, fineweb, c4, gopher (docs/quality-rules.md)
# ranges = { words = { least = 100 } }   other ranges for measures, by name
language_gate = true      # drop clearly foreign pages before the costly extraction
page_timeout = 5.0        # seconds of work until a page is given up and its process ended

[clean.language]          # which documents are Kazakh (docs/language.md)
model = "own"             # own, or glotlid, openlid from the Hub: with model_sha256 = "…"
kazakh_share = 0.7        # least share of letters in Kazakh words
foreign_share = 0.2       # most of another language beside as much Kazakh
least_score = 0.5         # least mean probability of the document's label
foreign_paragraphs = "keep"  # whole paragraphs in another language: keep, or cut

[personal_data]           # docs/personal-data.md
key_variable = ""         # environment variable with the key of pseudonyms; empty: placeholders
key_file = ""             # or a file outside the workspace that only its owner may read
keep = { law = ["bin"], government = ["bin"] }  # types that stay, by kind of text

[dedup]
threshold = 0.8           # Jaccard similarity of word shingles from which two texts are one
passages = "keep"         # lines that recur over a host's pages: keep, flag or cut
# keeper = ["licence", "completeness", "quality", "oldest"]   which of a cluster stays; or newest
# licences = ["CC0-1.0", "CC-BY-4.0"]                         the better licence first

[decontaminate]
mode = "drop"             # rows with passages of evaluation sets: drop, flag (in quality) or report

[run]
workers = 0               # processes; 0 = as many as this machine has cores

[alarms]
# webhook = "ALARM_WEBHOOK"   name of the environment variable that holds an https:// address
# email = "me@sait.kz", smtp = "mail.sait.kz:587", smtp_user, smtp_password = "SMTP_PASSWORD"

[prefect]
database = ""             # postgresql+asyncpg://user@host:5432/name; empty: SQLite in .prefect/
"""


class Release(StrictModel):
    """Which version the next build makes, and what its card says of the whole."""

    version: Annotated[str, Field(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")] = "1.0.0"
    repo: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")] = "my-name/my-corpus"
    pretty_name: Annotated[str, Field(min_length=1, max_length=96)] = ReleaseConfig.pretty_name
    licence: str = ReleaseConfig.licence
    allowed_bases: tuple[str, ...] = Gate.bases
    allowed_licences: tuple[str, ...] = Gate.licences


class Crawl(StrictModel):
    """Who crawls."""

    contact: Annotated[str, Field(pattern=r"^$|^(https?://|mailto:)\S+$")] = ""


class Limits(StrictModel):
    """What a measure of quality may be, both ends included."""

    least: float = -math.inf
    most: float = math.inf


Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Language(StrictModel):
    """Which documents are Kazakh, and who says so."""

    model: ModelName = "own"
    model_sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    model_revision: Annotated[str, Field(min_length=1)] = "main"
    kazakh_share: Share = CleaningConfig.min_kazakh_share
    foreign_share: Share = CleaningConfig.max_foreign_share
    least_score: Share = CleaningConfig.min_language_score
    foreign_paragraphs: Literal["keep", "cut"] = CleaningConfig.foreign_paragraphs

    @model_validator(mode="after")
    def _a_model_of_others_is_pinned(self) -> Language:
        if self.model == OWN and self.model_sha256:
            raise ValueError("model_sha256 is for a model of the Hub: leave it out, or name one")
        if self.model != OWN and not self.model_sha256:
            raise ValueError(
                f"{self.model} is loaded only with its digest: add model_sha256, as the Hub shows"
                " it on the file's page"
            )
        return self


class Clean(StrictModel):
    """Which pages become documents."""

    rules: str = DEFAULT_PRESET
    ranges: dict[str, Limits] = Field(default_factory=dict)
    language_gate: bool = CleaningConfig.language_gate
    page_timeout: Annotated[float, Field(gt=0.0, le=3600.0)] = CleaningConfig.page_timeout
    language: Language = Language()

    def config(self) -> CleaningConfig:
        """The same for the stage. Raises BadConfiguration for a name that there is not."""
        language = self.language
        return CleaningConfig(
            page_timeout=self.page_timeout,
            language_gate=self.language_gate,
            language_model=ModelChoice(
                name=language.model, sha256=language.model_sha256, revision=language.model_revision
            ),
            min_language_score=language.least_score,
            min_kazakh_share=language.kazakh_share,
            max_foreign_share=language.foreign_share,
            foreign_paragraphs=language.foreign_paragraphs,
            rules=self._rules(),
        )

    def _rules(self) -> RulesConfig:
        ranges = {name: Range(least=one.least, most=one.most) for name, one in self.ranges.items()}
        config = RulesConfig(preset=self.rules, ranges=ranges)
        rules_of(config)
        return config


class Dedup(StrictModel):
    """When two documents count as one."""

    threshold: Annotated[float, Field(gt=0.0, le=1.0)] = 0.8
    passages: Literal["keep", "flag", "cut"] = "keep"
    keeper: tuple[Literal["licence", "completeness", "quality", "oldest", "newest"], ...] = (
        "licence",
        "completeness",
        "quality",
        "oldest",
    )
    licences: tuple[str, ...] = ()


class Decontaminate(StrictModel):
    """What becomes of documents that hold passages of the workspace's evaluation sets."""

    mode: Literal["drop", "flag", "report"] = "drop"


class Run(StrictModel):
    """How much of the machine to use; never what comes out."""

    workers: Annotated[int, Field(ge=0, le=512)] = 0


class Prefect(StrictModel):
    """Where Prefect keeps its runs; the password is PREFECT_SERVER_DATABASE_PASSWORD."""

    database: Annotated[str, AfterValidator(check_database)] = ""


class Alarms(StrictModel):
    """Who is told when something is wrong; secrets are named, never stated."""

    webhook: Annotated[str, Field(pattern=r"^\w*$")] = ""
    """Name of the environment variable that holds an https:// address."""
    allow_private: bool = False
    """Whether the webhook's host may lie outside the public internet."""
    email: str = ""
    smtp: Annotated[str, Field(pattern=r"^$|^[\w.-]+:\d{1,5}$")] = ""
    """host:port of the mail server."""
    smtp_user: str = ""
    smtp_password: Annotated[str, Field(pattern=r"^\w*$")] = ""
    """Name of the environment variable that holds it."""


class Configuration(StrictModel):
    """The whole of `kazcorpus.toml`."""

    release: Release = Release()
    crawl: Crawl = Crawl()
    clean: Clean = Clean()
    personal_data: PersonalData = PersonalData()
    dedup: Dedup = Dedup()
    decontaminate: Decontaminate = Decontaminate()
    run: Run = Run()
    alarms: Alarms = Alarms()
    prefect: Prefect = Prefect()

    @classmethod
    def of(cls, workspace: Workspace) -> Configuration:
        """The configuration of a workspace. Raises BadConfiguration naming key and reason."""
        return load_toml(workspace.configuration, cls)

    def for_cleaning(self) -> CleaningConfig:
        """What the cleaning stage is given, but for the key of pseudonyms."""
        return replace(self.clean.config(), masks=self.personal_data.without_key())

    def for_dedup(self) -> DedupConfig:
        """What the dedup stage is given."""
        rules = rules_of(self.clean.config().rules)
        least = [rule.range.least for rule in rules if rule.name == "words"]
        return DedupConfig(
            threshold=self.dedup.threshold,
            passages=self.dedup.passages,
            keeper=self.dedup.keeper,
            licences=self.dedup.licences,
            # a text that loses its repeated lines must still be long enough
            least_words=max(1, math.ceil(max(least, default=1)))
            if math.isfinite(sum(least))
            else 1,
        )

    def pipeline(self) -> dict[str, Any]:
        """Version and settings of the stages before the release, for its manifest."""
        cleaning = asdict(self.for_cleaning())
        dedup = asdict(self.for_dedup())
        for settings, name in ((cleaning, "workers"), (dedup, "threads"), (dedup, "range_rows")):
            settings.pop(name, None)  # how much of the machine is used changes no output
        cleaning["masks"].pop("key", None)  # who has it can undo the pseudonyms
        if self.personal_data.has_key:
            cleaning["masks"]["pseudonyms"] = True
        cleaning["rules"]["ranges"] = {
            name: limits.model_dump(exclude_defaults=True)  # JSON has no infinity
            for name, limits in self.clean.ranges.items()
        }
        return {
            "clean": {"version": CLEANING_VERSION, **cleaning},
            "dedup": {"version": DEDUP_VERSION, **dedup},
        }

    def for_release(self, version: str | None = None) -> ReleaseConfig:
        """What the release is given; `version` overrides the file's."""
        stated = self.release
        return ReleaseConfig(
            version=version or stated.version,
            repo=stated.repo,
            pretty_name=stated.pretty_name,
            licence=stated.licence,
            gate=Gate(bases=stated.allowed_bases, licences=stated.allowed_licences),
        )


def template(contact: str = "") -> str:
    """The file of a new workspace. Raises BadConfiguration for a contact that cannot be."""
    validate({"contact": contact}, Crawl, "--contact")
    return TEMPLATE.replace('contact = ""', f"contact = {json.dumps(contact)}")


def make_workspace(root: Path, template: str = TEMPLATE) -> Workspace:
    """Make `root` a workspace; one that is there already is left as it is."""
    root.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(root=root.resolve())
    if not workspace.configuration.exists():
        write_text(workspace.configuration, template)
    return workspace
