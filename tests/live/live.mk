# make demo [NODES=redis|picket] [SUPERVISOR=picketd|redis-sentinel]; make live [LIVE="kill_primary --nodes redis"]

.PHONY: demo live

demo: all
	@BUILD=$(BUILD) NODES=$(NODES) SUPERVISOR=$(SUPERVISOR) python3 tests/live/demo.py

live: all
	@BUILD=$(BUILD) SUPERVISOR=$(SUPERVISOR) python3 tests/live/run.py $(LIVE)
