# make fuzz [FUZZ_S=60] [FUZZ=rdb]: libFuzzer with clang, else loop.c; make fuzz-short: a fixed number of inputs in this build.

FUZZERS  := rdb resp log restore
FUZZ_S   ?= 60
FUZZ_COUNT ?= 3000
FUZZ_OBJ := $(call objects,tests/fuzz/world.c $(filter-out %/main.c,$(STORE_SRC)))

.PHONY: fuzz fuzz-short

$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(if $(LIBFUZZER),,$(BUILD)/obj/tests/fuzz/loop.o) $(FUZZ_OBJ) $(BUILD)/libwire.a
	@mkdir -p $(@D)
	$(call say,LD)$(LINK) $(LIBFUZZER) -o $@ $^ $(libuv_LIBS) $(libconfig_LIBS) $(libsystemd_LIBS) -llzf -lm

# Seeds come from the programs themselves: what picket-store and redis-server write.
fuzz-short: all $(addprefix $(BUILD)/fuzz/,$(FUZZERS))
	@BUILD=$(BUILD) python3 tests/fuzz/run.py --count $(FUZZ_COUNT) $(or $(FUZZ),$(FUZZERS))

HAS_LIBFUZZER = $(shell echo 'int LLVMFuzzerTestOneInput(const char*p,long n){return !p&&n;}' | clang -x c -fsanitize=fuzzer - -o /dev/null 2>/dev/null && echo yes)

fuzz: all
ifeq ($(HAS_LIBFUZZER),yes)
	@$(MAKE) -s BUILD=build-fuzz CC="$(if $(findstring ccache,$(CC)),ccache )clang" CFLAGS="-O1 -g" LIBFUZZER=-fsanitize=fuzzer \
	    HARDEN="-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer" \
	    $(addprefix build-fuzz/fuzz/,$(FUZZERS))
	@BUILD=$(BUILD) python3 tests/fuzz/run.py --programs build-fuzz/fuzz --seconds $(FUZZ_S) $(or $(FUZZ),$(FUZZERS))
else
	@$(MAKE) -s BUILD=build-asan SAN=1 fuzz-short FUZZ_COUNT=$$(($(FUZZ_S) * 3000))
endif
