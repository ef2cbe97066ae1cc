"""The command and its errors: one sentence on stderr, exit code 1 (failed) or 2 (wrong use)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from kaz_datasets.errors import KazcorpusError
from kaz_datasets.files import no_space_named

# Commands are imported when they are called, so that `--help` and the small tools start at once.
COMMANDS = {
    "init": "kaz_flows.cli.work:init",
    "sources": "kaz_flows.cli.sources:sources",
    "crawl": "kaz_flows.cli.work:crawl",
    "ingest": "kaz_flows.cli.ingest:ingest",
    "plan": "kaz_flows.cli.plan:plan",
    "build": "kaz_flows.cli.build:build",
    "release": "kaz_flows.cli.build:release",
    "push": "kaz_flows.cli.shared:push",
    "pull": "kaz_flows.cli.shared:pull",
    "publish": "kaz_flows.cli.publish:publish",
    "verify": "kaz_flows.cli.verify:verify",
    "diff": "kaz_flows.cli.diff:diff",
    "takedown": "kaz_flows.cli.takedown:takedown",
    "decontaminate": "kaz_flows.cli.decontaminate:decontaminate",
    "extract": "kaz_flows.cli.tools:extract",
    "identify": "kaz_flows.cli.tools:identify",
    "normalise": "kaz_flows.cli.tools:normalise",
    "mask": "kaz_flows.cli.tools:mask",
    "transliterate": "kaz_flows.cli.tools:transliterate",
    "sentences": "kaz_flows.cli.tools:sentences",
    "language": "kaz_flows.cli.language:language",
    "rules": "kaz_flows.cli.rules:rules",
    "dedup": "kaz_flows.cli.dedup:dedup",
    "dedup-curve": "kaz_flows.cli.dedup:dedup_curve",
    "doctor": "kaz_flows.cli.doctor:doctor",
    "health": "kaz_flows.cli.health:health",
    "demo": "kaz_flows.cli.demo:demo",
    "up": "kaz_flows.cli.serve:up",
    "down": "kaz_flows.cli.serve:down",
    "status": "kaz_flows.cli.serve:status",
    "hub": "kaz_flows.cli.serve:hub",
    "site": "kaz_flows.cli.serve:site",
}


class Commands(click.Group):
    """The commands, in the order in which one meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, from first to last step."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kazcorpus", prog_name="kazcorpus")
def kazcorpus() -> None:
    """Gather, clean, deduplicate and publish Kazakh text.

    A first look, without account or network: `kazcorpus demo`.

    Exit codes: 0 done, 1 failed, 2 wrong use.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command; errors that were foreseen become one sentence on stderr."""
    try:
        with no_space_named(Path.cwd()):
            code = kazcorpus.main(args=arguments, prog_name="kazcorpus", standalone_mode=False)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "kazcorpus"
        return _complain(f"{error.format_message()} See `{where} --help`.", error.exit_code)
    except click.ClickException as error:
        return _complain(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _complain("stopped; the same command goes on from here", 130)
    except KazcorpusError as error:
        return _complain(str(error), error.exit_code)
    except BrokenPipeError:
        # the reader of our output has gone, as in `kazcorpus identify FILE | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return int(code or 0)  # of `Context.exit`; commands return nothing


def _complain(sentence: str, code: int) -> int:
    click.echo(f"kazcorpus: {' '.join(sentence.split())}", err=True)
    return code
