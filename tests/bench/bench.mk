# make bench [NODES=redis|picket] [RUNS=10] [FAULTS="kill stop"]

# make steps [KEYS=10000000]: the longest steps of picket-store

.PHONY: bench steps

bench: all
	@BUILD=$(BUILD) NODES=$(NODES) RUNS=$(RUNS) FAULTS="$(FAULTS)" python3 tests/bench/failover.py

steps: all
	@BUILD=$(BUILD) python3 tests/bench/store_steps.py $(KEYS)
