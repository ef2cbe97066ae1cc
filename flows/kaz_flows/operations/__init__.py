"""What operators meet in the Prefect UI: forms, deployments, artifacts, the worker."""
