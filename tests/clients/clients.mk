# make clients [CLIENTS="ioredis6 --world redis"]: real clients against picketd; what they need goes to $(BUILD)/clients.

.PHONY: clients

clients: all
	@tests/clients/setup $(BUILD)/clients
	@BUILD=$(BUILD) python3 tests/clients/run.py $(CLIENTS)
