# How tests are built and run; part of the Makefile, whose variables it uses. A new test needs no line here: all are found by name, but for
# the suites of tests/hostile.
SUPPORT := $(call objects,tests/support)
UNITS   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*/test_*.c))
TOOLS   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/tools/*.c))
# The one tool that needs libfuse3: the story that wants it is skipped without.
FUSE    := $(shell pkg-config --exists fuse3 2>/dev/null && echo yes)
TOOLS   := $(if $(FUSE),$(TOOLS),$(filter-out %/casefold,$(TOOLS)))
BENCH   := $(call objects,tests/bench)
SHIM    := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/fault/shim*.c))
FAULT   := $(filter-out $(SHIM),$(call objects,tests/fault))
# tests/fuzz/ROOM_TARGET.c: with clang's fuzzer its main is libFuzzer's, elsewhere one that replays the target's corpus.
FUZZ    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/*_*.c))
REPLAY  := $(if $(findstring fuzzer,$(SANITIZE)),,$(BUILD)/tests/fuzz/replay.o)
# tests/hostile/against_PEER.c: a program, with against_PEER_*.c and all that does not begin so.
hostile  = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/hostile/$(1).c tests/hostile/$(1)_*.c) \
           $(filter-out tests/hostile/against_%,$(wildcard tests/hostile/*.c)))
HOSTILE := $(patsubst %.c,$(BUILD)/%,$(wildcard $(addprefix tests/hostile/against_,server.c patience.c links.c client.c running.c)))
STORIES := $(wildcard tests/integration/*.sh)
FAULTS  := $(wildcard tests/fault/*.sh)

# A test sees the room that it tests, and what tests share.
$(BUILD)/tests/unit/server/%.o: ROOM += -Iserver
$(BUILD)/tests/unit/client/%.o: ROOM += -Iclient
$(BUILD)/tests/fuzz/server_%.o: ROOM += -Iserver -Itests/unit/server
$(BUILD)/tests/fuzz/client_%.o: ROOM += -Iclient -Itests/unit/client
$(BUILD)/tests/hostile/against_links.o: ROOM += -Iserver
$(BUILD)/tests/unit/fault/%.o: ROOM += -Itests/fault
$(BUILD)/tests/%.o: ROOM += -Itests/support
# The shim stands between programs and libc: it takes libc's names, so libc's headers must not rename them.
$(SHIM): DEFINES = -D_GNU_SOURCE
$(SHIM): HARDEN = -pthread -fPIC

$(BUILD)/tests/unit/common/%: $(BUILD)/tests/unit/common/%.o $(COMMON) $(SUPPORT)
	$(LINK) $(LIBS) -lcmocka
$(BUILD)/tests/unit/server/%: $(BUILD)/tests/unit/server/%.o $(COMMON) $(SUPPORT) $(filter-out %/main.o,$(SERVER))
	$(LINK) $(LIBS) -lcmocka
$(BUILD)/tests/unit/client/%: $(BUILD)/tests/unit/client/%.o $(COMMON) $(SUPPORT) $(filter-out %/main.o,$(CLIENT))
	$(LINK) $(LIBS) -lcmocka
# Its clock stands still where a test says so.
$(BUILD)/tests/unit/server/test_reply_read_changes: LDFLAGS += -Wl,--wrap=clock_real
# Here files are cold when a test says so.
$(BUILD)/tests/unit/server/test_cold_replies: LDFLAGS += $(addprefix -Wl$(comma)--wrap=file_range_,is_hot read_hot ask warm)
# Here something happens between two steps of a thread.
$(BUILD)/tests/unit/server/test_shared_digests: LDFLAGS += -Wl,--wrap=index_entry_seal
$(BUILD)/tests/unit/server/test_access_renewal: LDFLAGS += -Wl,--wrap=clock_real
$(BUILD)/tests/unit/server/test_content_index: LDFLAGS += -Wl,--wrap=beneath_remove_name
$(BUILD)/tests/unit/client/test_transfer: LDFLAGS += -Wl,--wrap=pthread_create
$(BUILD)/tests/unit/client/test_partial_race: LDFLAGS += -Wl,--wrap=flock
$(BUILD)/tests/unit/client/test_dial: LDFLAGS += -Wl,--wrap=connect
$(BUILD)/tests/unit/client/test_partial_modes: LDFLAGS += -Wl,--wrap=beneath_hold
$(BUILD)/tests/unit/fault/%: $(BUILD)/tests/unit/fault/%.o $(SUPPORT) $(filter-out %/fault/sweep.o,$(FAULT)) | $(BUILD)/tests/fault/shim.so $(BUILD)/tests/tools/changer
	$(LINK) $(LIBS) -lcmocka
$(BUILD)/tests/fuzz/common_%: $(BUILD)/tests/fuzz/common_%.o $(REPLAY) $(COMMON) $(SUPPORT)
	$(LINK) $(LIBS) -lcmocka
$(BUILD)/tests/fuzz/server_%: $(BUILD)/tests/fuzz/server_%.o $(REPLAY) $(COMMON) $(SUPPORT) $(filter-out %/main.o,$(SERVER))
	$(LINK) $(LIBS) -lcmocka
$(BUILD)/tests/fuzz/client_%: $(BUILD)/tests/fuzz/client_%.o $(REPLAY) $(COMMON) $(SUPPORT) $(filter-out %/main.o,$(CLIENT))
	$(LINK) $(LIBS) -lcmocka
# The server that answers them is the target itself, at the other end of a socketpair.
$(BUILD)/tests/fuzz/client_answers $(BUILD)/tests/fuzz/client_commands: LDFLAGS += -Wl,--wrap=dial
$(BUILD)/tests/fuzz/server_tls: LDFLAGS += -Wl,--wrap=tls_context_server
$(BUILD)/tests/fuzz/client_secrets: LDFLAGS += -Wl,--wrap=whole_file_read
$(BUILD)/tests/hostile/against_server: $(call hostile,against_server) $(COMMON) $(SUPPORT)
	$(LINK) $(LIBS) -lcmocka
$(BUILD)/tests/hostile/against_patience: $(call hostile,against_patience) $(COMMON) $(SUPPORT)
	$(LINK) $(LIBS) -lcmocka
$(BUILD)/tests/hostile/against_links: $(call hostile,against_links) $(COMMON) $(SUPPORT) $(filter-out %/main.o,$(SERVER))
	$(LINK) $(LIBS) -lcmocka
$(BUILD)/tests/hostile/against_client: $(call hostile,against_client) $(COMMON) $(SUPPORT)
	$(LINK) $(LIBS) -lcmocka
$(BUILD)/tests/hostile/against_running: $(call hostile,against_running) $(COMMON) $(SUPPORT)
	$(LINK) $(LIBS) -lcmocka
$(BUILD)/tests/fault/sweep: $(FAULT) $(SUPPORT)
	$(LINK) $(LIBS)
$(BUILD)/tests/fault/shim.so: $(SHIM)
	$(Q)$(CC) -shared -o $@ $^
$(BUILD)/tests/bench/visitor: $(BENCH) $(COMMON) $(SUPPORT)
	$(LINK) $(LIBS)
$(BUILD)/tests/tools/casefold.o: ROOM += $(shell pkg-config --cflags fuse3 2>/dev/null)
$(BUILD)/tests/tools/casefold: LIBS += $(shell pkg-config --libs fuse3 2>/dev/null)
$(BUILD)/tests/tools/%: $(BUILD)/tests/tools/%.o $(SUPPORT)
	$(LINK) $(LIBS)

# `check` and `demo` make anew after `deps`: what this parse found may be out of date by then.
check demo: deps
	@$(MAKE) --no-print-directory $@-here
tests: $(UNITS) $(FUZZ) $(HOSTILE) $(TOOLS) $(BUILD)/tests/fault/sweep $(BUILD)/tests/fault/shim.so
# Under ThreadSanitizer a short sweep of failing calls took 88 s instead of 11: that build tries a few points of two sweeps.
check-here: all tests
	@BUILD=$(BUILD) QUICK=yes tests/run $(UNITS) $(FUZZ) $(HOSTILE) $(STORIES) \
		$(if $(findstring thread,$(SANITIZE)),tests/fault/kills.sh tests/fault/moments.sh,$(FAULTS))
check-unit: $(UNITS) $(FUZZ)
	@BUILD=$(BUILD) tests/run $(UNITS) $(FUZZ)
check-integration: all $(TOOLS)
	@BUILD=$(BUILD) tests/run $(STORIES)
# Everything that can go wrong, at every point where it can; check tries a few of them.
check-fault: all tests
	@BUILD=$(BUILD) VERBOSE=yes CASE_SECONDS=36000 tests/run $(FAULTS)
check-fault-quick: all tests
	@BUILD=$(BUILD) VERBOSE=yes QUICK=yes tests/run $(FAULTS)
# Peers that break every rule: all that check tries, and what takes its time.
check-hostile: all tests
	@BUILD=$(BUILD) VERBOSE=yes CASE_SECONDS=36000 tests/run $(HOSTILE)
# What a good client keeps of its speed beside floods: figures, no verdict.
floods: all $(TOOLS)
	@BUILD=$(BUILD) tests/hostile/beside_floods
# FUZZ_SECONDS=60 for each target; wants clang, which nothing else here does. Warnings are the business of gcc.
fuzz:
	@tests/fuzz/deps
	@$(MAKE) --no-print-directory CC=clang WARN= SANITIZE=fuzzer,address,undefined fuzz-here
fuzz-here: $(FUZZ)
	@tests/fuzz/run $(FUZZ)
# Which lines of the decoders the committed corpora reach.
fuzz-coverage:
	@tests/fuzz/deps coverage
	@$(MAKE) --no-print-directory WARN= BUILD=build-coverage \
		CC="clang -fprofile-instr-generate -fcoverage-mapping" CFLAGS="-O1 -g" fuzz-coverage-here
fuzz-coverage-here: $(FUZZ)
	@tests/fuzz/coverage
check-mutants:
	@tests/mutants/run
bench bench-quick: all $(TOOLS) $(BUILD)/tests/bench/visitor
	@BUILD=$(BUILD) tests/bench/run $(if $(filter bench,$@),full,quick) $(TABLES)
bench-deps:
	@tests/bench/deps
demo-here: all
	@BUILD=$(BUILD) tests/demo
unreached:
	@tests/unreached
tidy:
	@tests/tidy

.PHONY: tests check check-here check-unit check-integration check-fault check-fault-quick check-hostile floods check-mutants fuzz fuzz-here fuzz-coverage fuzz-coverage-here \
	bench bench-quick bench-deps demo demo-here tidy unreached
