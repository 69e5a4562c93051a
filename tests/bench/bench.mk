# make bench [NODES=redis|picket] [RUNS=10] [FAULTS="kill stop"]
# make steps [KEYS=10000000]: the longest steps of picket-store
# make bench-store [RUNS=5] [SCALE=1] [KEYS=1000000]: commands and memory of picket-store beside redis-server
# make bench-store-rdb [KEYS=1000000]: saving and loading, beside redis-server

.PHONY: bench bench-store steps bench-store-rdb

bench: all
	@BUILD=$(BUILD) NODES=$(NODES) RUNS=$(RUNS) FAULTS="$(FAULTS)" python3 tests/bench/failover.py

bench-store: all
	@BUILD=$(BUILD) python3 tests/bench/store.py $(or $(RUNS),5) $(or $(SCALE),1) $(KEYS)
	@BUILD=$(BUILD) python3 tests/bench/store_rdb.py $(KEYS)

steps: all
	@BUILD=$(BUILD) python3 tests/bench/store_steps.py $(KEYS)

bench-store-rdb: all
	@BUILD=$(BUILD) python3 tests/bench/store_rdb.py $(KEYS)
