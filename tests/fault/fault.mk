# make fault [FAULT="minority --systems 'redis picketd strict'"]: what faults do to acknowledged writes, beside redis-sentinel

.PHONY: fault fault-short

fault: all
	@BUILD=$(BUILD) python3 tests/fault/run.py $(FAULT)

fault-short: all
	@BUILD=$(BUILD) python3 tests/fault/run.py --short
