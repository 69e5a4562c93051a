# The simulator and what runs on it. SEED and COUNT choose the seeds, V=1 prints the whole trace.
SEED  ?= 1
COUNT ?= 2000
JOBS  ?= 2

SIM_SRC := $(wildcard tests/sim/*.c)
SIM_OBJ := $(call objects,$(filter-out %/main.c,$(SIM_SRC)))

$(BUILD)/sim/sim: $(call objects,tests/sim/main.c) $(SIM_OBJ) $(BUILD)/libcore.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^

sim: $(BUILD)/sim/sim
	@$(BUILD)/sim/sim -s $(SEED) -n $(COUNT) -j $(JOBS) $(if $(V),-v)

$(BUILD)/sim/story: $(call objects,$(wildcard tests/story/*.c)) $(SIM_OBJ) $(BUILD)/libcore.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^

# REWRITE=1 puts what came in the place of what was expected: look at the difference.
STORIES ?= $(sort $(wildcard tests/story/*.story))
story: $(BUILD)/sim/story
	@$(BUILD)/sim/story $(if $(REWRITE),-rewrite) $(STORIES)

# Each planted fault must be caught; MUTANTS="name ..." chooses some.
MUTANT_SEEDS ?= 6000
$(BUILD)/mutants:
	@mkdir -p $@

$(BUILD)/mutants/cc: $(BUILD)/flags.mk tests/sim/sim.mk | $(BUILD)/mutants
	$(file >$@,#!/bin/sh)$(file >>$@,exec $(CC) $(ALL_CFLAGS) $(LDFLAGS) "$$@")
	@chmod +x $@

mutants: $(BUILD)/sim/sim $(BUILD)/mutants/cc
	@MUTANTS='$(MUTANTS)' tests/mutants/run $(BUILD)/sim/sim '$(call objects,tests/sim/main.c) $(SIM_OBJ) $(BUILD)/libcore.a' \
	    $(BUILD)/mutants $(BUILD)/mutants/cc $(MUTANT_SEEDS)
