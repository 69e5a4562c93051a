# Picket: `make help` lists the targets. Objects and programs go to $(BUILD); nothing is written elsewhere except compile_commands.json.
#
# The folder says the subject, the suffix whether a file touches the world: *_io.c and main.c do, everything else is pure
# and goes into libcore.a (supervisor) and libstore.a (storage engine), which is all that tests and simulator link.

VERSION := 0.1.0
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=

CC      ?= gcc
CFLAGS  ?= -O2 -g
STD     := -std=c11 -D_GNU_SOURCE
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla
ifneq ($(CI)$(filter-out 0 no,$(WERROR)),)
WARN    += -Werror
endif
HARDEN  := -fstack-protector-strong
ifeq ($(SAN),1)
CFLAGS  := -O1 -g
# Instrumented code makes gcc see truncations and uninitialised values where none are.
WARN    += -Wno-error -Wno-format-truncation -Wno-maybe-uninitialized
HARDEN  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

# One word a file, with V=1 the whole command, with -s nothing.
SILENT := $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(V),,@$(if $(SILENT),,echo '$(1) $@';) )

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# --- what is there -------------------------------------------------------------------------------------------------------

CORE_DIRS := sentinel probes quorum notify wire
is_pure    = $(filter-out %_io.c %/main.c,$(1))
objects    = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

SUPERVISOR_SRC := $(wildcard $(addsuffix /*.c,sentinel probes quorum notify))
WIRE_SRC       := $(wildcard wire/*.c)
STORE_SRC      := $(wildcard store/*.c)
CTL_SRC        := $(wildcard sentinel/ctl/*.c)
CORE_SRC       := $(call is_pure,$(wildcard $(addsuffix /*.c,$(CORE_DIRS))))
PURE_STORE_SRC := $(call is_pure,$(STORE_SRC))
UNIT_SRC       := $(wildcard tests/unit/*_test.c)
HEADERS        := $(wildcard $(addsuffix /*.h,$(CORE_DIRS) store sentinel/ctl tests/unit tests/sim tests/story tests/fuzz))
ALL_SRC        := $(SUPERVISOR_SRC) $(WIRE_SRC) $(STORE_SRC) $(CTL_SRC) $(wildcard tests/*/*.c)

PROGRAMS := $(if $(wildcard sentinel/main.c),$(BUILD)/picketd) \
            $(if $(wildcard store/main.c),$(BUILD)/picket-store) \
            $(if $(wildcard sentinel/ctl/main.c),$(BUILD)/picketctl)
UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))

# --- libraries: etc/setup runs before anything is compiled, and leaves their flags in $(BUILD)/flags.mk -----------------------

NO_BUILD := clean help uninstall setup
ifneq ($(filter-out $(NO_BUILD),$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/flags.mk
endif

$(BUILD)/flags.mk: etc/setup Makefile
	@mkdir -p $(@D)
	@etc/setup
	@for lib in libuv hiredis libconfig sqlite3 libsystemd libmicrohttpd jansson libcurl cunit; do \
	    echo "$${lib}_CFLAGS := $$(pkg-config --cflags $$lib)"; echo "$${lib}_LIBS := $$(pkg-config --libs $$lib)"; \
	done > $@.new && mv $@.new $@

IO_CFLAGS  = $(foreach lib,libuv hiredis libconfig sqlite3 libsystemd libmicrohttpd jansson libcurl cunit,$($(lib)_CFLAGS))
# What the supervisor links.
IO_LIBS    = $(foreach lib,libuv hiredis libconfig sqlite3 libsystemd libmicrohttpd jansson libcurl,$($(lib)_LIBS)) -lm
ALL_CFLAGS = $(STD) $(WARN) $(CPPFLAGS) -DPICKET_VERSION='"$(VERSION)"' -I. $(IO_CFLAGS) $(CFLAGS) $(HARDEN) -pthread
LINK       = $(CC) $(CFLAGS) $(HARDEN) -pthread -Wl,--as-needed $(LDFLAGS)

# --- programs --------------------------------------------------------------------------------------------------------------

.PHONY: all demo test unit story sim mutants live asan bench fault fuzz install uninstall install-check deb deb-test clean help setup purity headers
all: $(PROGRAMS) $(if $(SAN),,compile_commands.json)

$(BUILD)/picketd: $(call objects,$(SUPERVISOR_SRC)) $(BUILD)/libwire.a
	$(call say,LD)$(LINK) -o $@ $^ $(IO_LIBS)

$(BUILD)/picket-store: $(call objects,$(STORE_SRC)) $(BUILD)/libwire.a
	$(call say,LD)$(LINK) -o $@ $^ $(libuv_LIBS) $(libconfig_LIBS) $(libsystemd_LIBS) -llzf -lm

# It reads RDB files by the store's pure reader.
$(BUILD)/picketctl: $(call objects,$(CTL_SRC) store/file_io.c notify/json_put_io.c sentinel/salvage_file.c sentinel/salvage_stream.c) $(BUILD)/libstore.a $(BUILD)/libwire.a
	$(call say,LD)$(LINK) -o $@ $^ $(libuv_LIBS) $(hiredis_LIBS) $(jansson_LIBS) -llzf -lm

$(BUILD)/libwire.a:  $(call objects,$(WIRE_SRC))
$(BUILD)/libcore.a:  $(call objects,$(CORE_SRC))
$(BUILD)/libpicketd.a: $(call objects,$(filter-out %/main.c,$(SUPERVISOR_SRC)))
$(BUILD)/libstore.a: $(call objects,$(PURE_STORE_SRC))
$(BUILD)/%.a:
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c $(BUILD)/flags.mk
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Its files become part of it.
$(BUILD)/obj/notify/page.o: $(wildcard notify/page/*)

# The list of sources is part of it, so that a new file appears without a clean.
$(BUILD)/sources: FORCE | $(BUILD)/flags.mk
	@printf '%s\n' $(ALL_SRC) | cmp -s - $@ || printf '%s\n' $(ALL_SRC) > $@
compile_commands.json: $(BUILD)/sources
	@{ sep='['; for file in $(ALL_SRC); do \
	    printf '%s\n{"directory": "%s", "file": "%s", "command": "%s"}' "$$sep" '$(CURDIR)' $$file \
	        "$(CC) $(subst ",\",$(subst \,\\,$(filter-out -DPICKET_VERSION=%,$(ALL_CFLAGS)))) -DPICKET_VERSION=0 -c $$file"; sep=','; \
	done; printf '\n]\n'; } > $@
FORCE:

# --- tests -----------------------------------------------------------------------------------------------------------------

UNIT_OBJ := $(call objects,tests/unit/unit.c)
$(BUILD)/unit/store_%: $(BUILD)/obj/tests/unit/store_%.o $(UNIT_OBJ) $(BUILD)/libstore.a $(BUILD)/libcore.a
	@mkdir -p $(@D)
	$(call say,LD)$(LINK) -o $@ $^ $(cunit_LIBS) -llzf -lm
$(BUILD)/unit/ctl_%: $(BUILD)/obj/tests/unit/ctl_%.o $(UNIT_OBJ) $(call objects,$(call is_pure,$(CTL_SRC))) $(BUILD)/libstore.a $(BUILD)/libwire.a
	@mkdir -p $(@D)
	$(call say,LD)$(LINK) -o $@ $^ $(cunit_LIBS) -llzf -lm
# Tests of the supervisor's _io files link all of it but main.
$(patsubst %,$(BUILD)/unit/%_io_test,state disk link order peer config config_bad script import event_json history_db log_event): $(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(UNIT_OBJ) $(BUILD)/libpicketd.a $(BUILD)/libwire.a
	@mkdir -p $(@D)
	$(call say,LD)$(LINK) -o $@ $^ $(cunit_LIBS) $(IO_LIBS)
# A test of an _io file may use the world.
$(BUILD)/unit/%_io_test: $(BUILD)/obj/tests/unit/%_io_test.o $(UNIT_OBJ) $(BUILD)/libwire.a
	@mkdir -p $(@D)
	$(call say,LD)$(LINK) -o $@ $^ $(cunit_LIBS) $(IO_LIBS)
$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(UNIT_OBJ) $(BUILD)/libcore.a
	@mkdir -p $(@D)
	$(call say,LD)$(LINK) -o $@ $^ $(cunit_LIBS) -lm
.SECONDARY: $(call objects,$(wildcard tests/*/*.c))

setup:
	@etc/setup

unit: $(UNIT)
	@tests/tally $(UNIT)

purity: $(BUILD)/libcore.a $(BUILD)/libstore.a $(call objects,$(call is_pure,$(CTL_SRC)))
	@tests/purity $(call objects,$(CORE_SRC) $(PURE_STORE_SRC) $(call is_pure,$(CTL_SRC)))

headers: $(BUILD)/flags.mk
	@tests/headers "$(CC) $(STD) $(WARN) -Werror -I. $(IO_CFLAGS)" $(HEADERS)

install-check: all
	@MAKE="$(MAKE)" tests/install

test: setup all
	@tests/tally "$(MAKE) -s install-check" "$(MAKE) -s purity" "$(MAKE) -s headers" "$(MAKE) -s unit" "$(MAKE) -s story" \
	    "$(MAKE) -s sim COUNT=2000" "$(MAKE) -s mutants" "$(MAKE) -s fuzz-short" "$(MAKE) -s live" \
	    "$(MAKE) -s fault-short"

ASAN = $(MAKE) -s BUILD=build-asan SAN=1
asan: setup
	@$(ASAN) all
	@tests/tally "$(ASAN) unit" "$(ASAN) story" "$(ASAN) sim COUNT=200" "$(ASAN) fuzz-short" "$(ASAN) live"

# Their owners: tests/sim (sim, story, mutants), tests/live (live, demo), tests/bench (bench), tests/fault (fault).
-include tests/fuzz/fuzz.mk tests/sim/sim.mk tests/live/live.mk tests/bench/bench.mk tests/clients/clients.mk tests/fault/fault.mk tests/page/page.mk

# --- the rest --------------------------------------------------------------------------------------------------------------

INSTALL ?= install
DOC      = $(DESTDIR)$(PREFIX)/share/doc/picket
SAMPLES := $(wildcard etc/*.conf etc/*.cfg)
UNITS   := $(wildcard etc/systemd/*.service etc/systemd/*.socket)
SERVICES := $(notdir $(wildcard etc/systemd/*.service))
USERS   := $(wildcard etc/systemd/*.sysusers)
FOLDERS := $(wildcard etc/systemd/*.tmpfiles)
LIB      = $(DESTDIR)$(PREFIX)/lib
MAN     := $(wildcard etc/man/*.[1-8]) $(BUILD)/man/picketd.conf.5

# In units: where the programs are; and in those for several instances, the name of each.
PLACED   = s|/usr/local/bin/|$(PREFIX)/bin/|
TEMPLATE = /^\#/d;s|^Description=.*|& (%i)|;s|\(/etc/picket/[a-z-]*\)\.conf|\1-%i.conf|;s|^StateDirectory=.*|&-%i|

# The sample, which is held to the daemon's own table, is what the page says of options.
$(BUILD)/man/picketd.conf.5: etc/man/picketd.conf.5.in etc/man/options.awk etc/picketd.conf
	@mkdir -p $(@D)
	$(call say,MAN)awk -f etc/man/options.awk etc/picketd.conf > $@.list && sed -e '/^@OPTIONS@/{r $@.list' -e 'd}' $< > $@

# Where each shell looks for completions; Debian's packages have another folder for those of zsh.
BASH_DIR ?= $(PREFIX)/share/bash-completion/completions
ZSH_DIR  ?= $(PREFIX)/share/zsh/site-functions

install: all $(BUILD)/man/picketd.conf.5
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/bin $(DOC)
	$(INSTALL) -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	$(INSTALL) -m 644 LICENSE $(wildcard README.md CHANGELOG.md) $(SAMPLES) $(DOC)
	$(INSTALL) -d $(LIB)/systemd/system $(LIB)/sysusers.d $(LIB)/tmpfiles.d
	for unit in $(notdir $(UNITS)); do \
	    sed '$(PLACED)' etc/systemd/$$unit > $(LIB)/systemd/system/$$unit || exit 1; \
	done
	for unit in $(SERVICES); do \
	    sed '$(PLACED);$(TEMPLATE)' etc/systemd/$$unit > $(LIB)/systemd/system/$${unit%.service}@.service || exit 1; \
	done
	$(foreach file,$(USERS),$(INSTALL) -m 644 $(file) $(LIB)/sysusers.d/$(notdir $(basename $(file))).conf &&) :
	$(INSTALL) -D -m 755 etc/redis-gate $(LIB)/picket/redis-gate
	$(INSTALL) -D -m 644 etc/completions/picketctl.bash $(DESTDIR)$(BASH_DIR)/picketctl
	$(INSTALL) -D -m 644 etc/completions/picketctl.zsh $(DESTDIR)$(ZSH_DIR)/_picketctl
	$(foreach file,$(FOLDERS),$(INSTALL) -m 644 $(file) $(LIB)/tmpfiles.d/$(notdir $(basename $(file))).conf &&) :
	$(foreach page,$(MAN),$(INSTALL) -D -m 644 $(page) $(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page)) &&) :

# What make install puts in place, as a Debian package.
DEB ?= $(BUILD)/picket.deb
deb: all
	@rm -rf $(DEB:.deb=) $(DEB)
	@$(MAKE) -s install PREFIX=/usr DESTDIR=$(abspath $(DEB:.deb=)) ZSH_DIR=/usr/share/zsh/vendor-completions
	$(call say,DEB)etc/deb/build $(abspath $(DEB:.deb=)) $(VERSION)
	@rm -rf $(DEB:.deb=)

# Installs it into a Debian of its own (debootstrap, as root), starts both daemons there, removes it.
deb-test: deb
	@tests/deb $(abspath $(DEB))

uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,picketd picket-store picketctl)
	rm -f $(addprefix $(LIB)/systemd/system/,$(notdir $(UNITS)))
	rm -f $(patsubst %.service,$(LIB)/systemd/system/%@.service,$(SERVICES))
	rm -f $(patsubst %.tmpfiles,$(LIB)/tmpfiles.d/%.conf,$(notdir $(FOLDERS)))
	rm -f $(patsubst %.sysusers,$(LIB)/sysusers.d/%.conf,$(notdir $(USERS)))
	rm -f $(foreach page,$(MAN),$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))
	rm -f $(DESTDIR)$(BASH_DIR)/picketctl $(DESTDIR)$(ZSH_DIR)/_picketctl
	rm -f $(LIB)/picket/redis-gate
	rm -rf $(DOC)

clean:
	rm -rf build-asan build-fuzz $(BUILD) compile_commands.json

help:
	@echo 'make [all]      build picketd, picket-store, picketctl into $(BUILD)/'
	@echo 'make demo       a failover before your eyes; NODES=redis: on redis-server'
	@echo 'make test       everything below up to live, and the checks of purity and headers'
	@echo 'make unit       unit tests                     make story    the scripted stories'
	@echo 'make sim        the simulator; SEED=n COUNT=n  make mutants  planted faults, each must be caught'
	@echo 'make live       real processes on loopback     make asan     unit, story, sim, live with sanitizers'
	@echo 'make fault      hosts cut off, frozen, killed; what becomes of acknowledged writes, beside redis-sentinel'
	@echo 'make page       the HTTP side before Chromium, HAProxy and promtool'
	@echo 'make fuzz       what readers of files and requests do with bytes nobody chose; FUZZ_S=seconds each'
	@echo 'make bench      failover times beside redis-sentinel          make steps    the longest steps of picket-store'
	@echo 'make bench-store  commands, memory, saving and loading of picket-store beside redis-server'
	@echo 'make install    to PREFIX ($(PREFIX)), below DESTDIR; make uninstall takes it away'
	@echo 'make deb        a Debian package, $(DEB)          make deb-test  installs it into a Debian of its own'
	@echo 'make setup      check for libraries and tools, install what is missing'
	@echo 'make clean      remove what was built'
	@echo 'Variables: BUILD, PREFIX, DESTDIR, CC, CFLAGS, V=1, WERROR=1, SAN=1 (with a BUILD of its own)'

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
