"""The top floor: the stages wired together, as Prefect flows and as the `kazcorpus` command."""
