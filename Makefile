# make demo    from a website to a published, checked release, without account or network
# make test    run the tests
# make test-ui   a release from the forms of the Prefect UI, in a browser (Debian's chromium)
# make bench-crawl   pages per CPU-second, beside plain Scrapy
# make campaign-crawl   kill a crawl of 2,000 pages ten times, and see that nothing is lost
# make check   lint, formatting, types, the walls between the floors
# make bench-rules        quality rules: speed beside datatrove, what they keep and reject
# make bench-masks        personal data: recall and precision on rows labelled by hand
# make train-translated   train the model that tells machine translation
# make bench-extraction   F1 of extractors on real pages, side by side
# make bench-releases   bytes that are new to the Hub in three releases, and the time to write them
# make bench-language   language identification: what is promised, and peers side by side
# make bench-failures     hostile pages through the killable pool: seconds, memory, outcome
# make bench-normalise    look-alikes restored, clean words changed, other languages, speed
# make bench-stage        an archive to documents: MB/s of text, apart from extraction
# make fuzz               bytes and texts against cleaning's parsers for a minute each
# make bench-facts        titles, authors, dates found; pages without an article told apart
# make bench-encodings    Kazakh pages in six character sets under right, wrong and no labels
# make bench-sentences   ends of Kazakh sentences and tokens, beside razdel, pysbd, sentencex, sacremoses
# make bench-gate   the language gate before extraction: its losses, and pages a second of a crawl
# make bench-dedup   signatures, statistics, quality, alphabets, whole job, releases; beside its peers
# make bench-dedup-scale   10 and 30 million signatures clustered on 2 threads in bounded memory
# make bench-cluster   a build of 1 GB on Dask with 1, 2 and 4 workers: the same bytes, in what time
# make bench-plan   what `kazcorpus plan` says of a build, and what it takes
# make campaign-dedup   kill dedup in every stage, damage every kind of file, fill the disk, feed it giants
# make bench-operators   a build under Prefect beside the bare one: seconds, memory, 64 shards
# make campaign-operators   kill worker, server, runs and Scrapy twenty times under `kazcorpus up`
# make lock    write the lock file again, after a change of pyproject.toml

UV ?= $(or $(shell command -v uv),.tools/bin/uv)
RUN = $(UV) run --locked
# Trust what the system trusts: networks with a certificate authority of their own are common.
export UV_SYSTEM_CERTS ?= 1

.PHONY: help demo test test-ui check lock bench-encodings bench-extraction bench-releases campaign-crawl bench-failures bench-encodings bench-crawl bench-dedup bench-dedup-scale campaign-dedup

help:
	@sed -n 's/^# \(make .*\)/\1/p' $(MAKEFILE_LIST)

demo: $(UV)
	$(RUN) kazcorpus demo

test: $(UV)
	$(RUN) pytest -n 2 --dist loadscope

test-ui: $(UV)
	$(RUN) --group ui pytest tests/flows/operations/test_ui.py

check: $(UV)
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) lint-imports

.PHONY: campaign-crawl
bench-crawl: $(UV)
	$(RUN) python -m benchmarks.crawl.throughput

campaign-crawl: $(UV)
	PYTHONPATH=tests/support $(RUN) python tests/support/kill_campaign.py

.PHONY: bench-extraction
bench-extraction: $(UV)
	$(RUN) python -m benchmarks.cleaning.extraction

bench-releases: $(UV)
	$(RUN) python -m benchmarks.releases.chain

.PHONY: bench-language bench-gate bench-sentences
bench-language: $(UV)
	$(RUN) python -m benchmarks.cleaning.language

.PHONY: bench-failures
bench-failures: $(UV)
	$(RUN) python -m benchmarks.cleaning.failures

.PHONY: bench-normalise bench-stage fuzz
bench-normalise: $(UV)
	$(RUN) python -m benchmarks.cleaning.normalisation

bench-stage: $(UV)
	$(RUN) python -m benchmarks.cleaning.whole_stage

fuzz: $(UV)
	$(RUN) python -m benchmarks.cleaning.fuzz

.PHONY: bench-facts
bench-facts: $(UV)
	$(RUN) python -m benchmarks.cleaning.page_facts

bench-encodings: $(UV)
	$(RUN) python -m benchmarks.cleaning.encodings

bench-sentences: $(UV)
	$(RUN) python -m benchmarks.cleaning.sentences
	$(RUN) python -m benchmarks.cleaning.token_table

bench-gate: $(UV)
	$(RUN) python -m benchmarks.cleaning.gate

bench-dedup: $(UV)
	$(RUN) python -m benchmarks.dedup

.PHONY: bench-cluster bench-plan
bench-plan: $(UV)
	$(RUN) python -m benchmarks.cluster.plan_check

bench-cluster: $(UV)
	PYTHONPATH=tests/support $(RUN) python -m benchmarks.cluster.speedup

bench-dedup-scale: $(UV)
	$(RUN) python -m benchmarks.dedup.scale

campaign-dedup: $(UV)
	PYTHONPATH=tests/support $(RUN) python tests/support/dedup_campaign.py

.PHONY: bench-operators
bench-operators: $(UV)
	$(RUN) python -m benchmarks.operators.overhead

.PHONY: campaign-operators
campaign-operators: $(UV)
	PYTHONPATH=tests/support $(RUN) python tests/support/operators_campaign.py

lock: $(UV)
	$(UV) lock

.tools/bin/uv:
	python3.11 -m pip install --quiet --target .tools uv

.PHONY: bench-rules bench-masks train-translated
bench-rules: $(UV)
	$(RUN) python -m benchmarks.cleaning.rules

bench-masks: $(UV)
	$(RUN) python -m benchmarks.cleaning.personal_data

train-translated: $(UV)
	$(RUN) python -m benchmarks.cleaning.train_translated
