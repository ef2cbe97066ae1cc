"""A scheduler that shows a certificate, and asks for one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import dask
import distributed
import pytest

from dask_cluster import DaskCluster
from kaz_datasets.errors import Failed
from kaz_flows.cluster.address import engine_address
from kaz_flows.cluster.scheduler import connected


def certificate(folder: Path) -> tuple[Path, Path]:
    """One that is its own authority, and its key."""
    key, pem = folder / "key.pem", folder / "cert.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(
        [*make, "-subj", "/CN=cluster", "-keyout", str(key), "-out", str(pem)],
        check=True,
        capture_output=True,
    )
    return pem, key


def test_an_encrypted_scheduler_is_reached_with_a_certificate_only(tmp_path: Path) -> None:
    pem, key = certificate(tmp_path)
    names = ("CA_FILE", "SCHEDULER__CERT", "SCHEDULER__KEY", "WORKER__CERT", "WORKER__KEY")
    files = (pem, pem, key, pem, key)
    environment = {
        f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(path)
        for name, path in zip(names, files, strict=True)
    }
    ours = {
        "distributed.comm.tls.ca-file": str(pem),
        "distributed.comm.tls.client.cert": str(pem),
        "distributed.comm.tls.client.key": str(key),
    }
    with DaskCluster(
        tmp_path / "cluster", workers=1, environment=environment, protocol="tls"
    ) as cluster:
        encrypted = engine_address(f"dask+tls://127.0.0.1:{cluster.port}")
        plain = engine_address(f"dask://127.0.0.1:{cluster.port}")
        assert encrypted is not None
        assert plain is not None
        assert distributed is not None  # whose defaults the configuration needs
        with dask.config.set(ours), connected(encrypted) as client:
            client.wait_for_workers(1, timeout=60)
            assert all(name.startswith("tls://") for name in client.nthreads())
        with (
            pytest.raises(Failed, match="or check address and certificates"),
            connected(plain, patience=1),
        ):
            pass
        with (
            pytest.raises(Failed, match="or check address and certificates"),
            connected(encrypted, patience=1),
        ):
            pass
