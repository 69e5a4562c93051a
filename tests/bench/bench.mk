# make bench [NODES=redis|picket] [RUNS=10] [FAULTS="kill stop"]

.PHONY: bench

bench: all
	@BUILD=$(BUILD) NODES=$(NODES) RUNS=$(RUNS) FAULTS="$(FAULTS)" python3 tests/bench/failover.py
