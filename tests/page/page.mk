# make page [PAGE="page balancer"]: picketd's HTTP side before Chromium, HAProxy and promtool; what they need goes to $(BUILD)/page.

.PHONY: page

page: all
	@tests/page/setup $(BUILD)/page
	@BUILD=$(BUILD) python3 tests/page/run.py $(PAGE)
