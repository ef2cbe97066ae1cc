from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from kaz_datasets.errors import Failed
from kaz_flows.storage.bucket import Bucket
from kaz_flows.storage.lease import KEY, Holder, held

HOLDER = """
import sys
from kaz_flows.storage.bucket import Bucket
from kaz_flows.storage.lease import held
with held(Bucket.of(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lease_is_left_by_a_killed_process_and_given_back_by_a_living_one(
    bucket: Bucket, store: dict[str, str]
) -> None:
    command = [sys.executable, "-P", "-c", HOLDER, bucket.url]
    with subprocess.Popen(
        command, env=store, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
    assert bucket.etag(KEY) is not None
    with held(bucket):
        pass
    assert bucket.etag(KEY) is None


def test_a_lease_that_is_renewed_is_respected(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaz_flows.storage.lease.RENEW", 0.2)
    with (
        held(bucket),
        pytest.raises(Failed, match=rf"process {os.getpid()} of .* is working in s3://corpus/"),
        held(bucket, patience=3),
    ):
        pass


def test_a_silent_lease_of_another_machine_is_taken_over_and_its_holder_told(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.write(KEY, Holder(host="elsewhere", pid=1, token="0").text(0))
    monkeypatch.setattr("kaz_flows.storage.lease.RENEW", 0.1)
    lease = held(bucket, patience=0.5)
    lease.__enter__()
    bucket.write(KEY, Holder(host="elsewhere", pid=1, token="1").text(0))
    time.sleep(1)
    with pytest.raises(Failed, match="another machine took over"):
        lease.__exit__(None, None, None)
    assert b"elsewhere" in bucket.read(KEY)
