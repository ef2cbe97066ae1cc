"""The `kazcorpus` command: parse, build the configuration, call one library function."""

from kaz_flows.cli.app import main

__all__ = ["main"]
