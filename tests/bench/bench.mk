# make bench [NODES=redis|picket] [RUNS=10] [FAULTS="kill stop"]
# make steps [KEYS=10000000]: the longest steps of picket-store
# make bench-store-rdb [KEYS=1000000]: saving and loading, beside redis-server

.PHONY: bench steps bench-store-rdb

bench: all
	@BUILD=$(BUILD) NODES=$(NODES) RUNS=$(RUNS) FAULTS="$(FAULTS)" python3 tests/bench/failover.py

steps: all
	@BUILD=$(BUILD) python3 tests/bench/store_steps.py $(KEYS)

bench-store-rdb: all
	@BUILD=$(BUILD) python3 tests/bench/store_rdb.py $(KEYS)
