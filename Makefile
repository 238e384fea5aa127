# ferry: `make` builds, `make check` tests, `make demo` shows it at work. `make deps` installs what these need.
PREFIX  ?= /usr/local
CC      ?= gcc
comma   := ,
BUILD   := build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
PKGS    := openssl inih jansson
IPSEC_MB := $(if $(wildcard /usr/include/intel-ipsec-mb.h),yes)

CPPFLAGS += -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(if $(IPSEC_MB),-DHAVE_IPSEC_MB) $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
CFLAGS   ?= -O2 -g
CFLAGS   += -std=c11 -pthread -fstack-protector-strong -fPIE -fno-common -Wall -Wextra -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wpointer-arith -Wvla -Wformat=2 -Wundef -Wcast-qual -Wwrite-strings -Wimplicit-fallthrough \
            -Wconversion -Wno-sign-conversion $(if $(CI),-Werror) \
            $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
LDFLAGS  += -pthread -pie -Wl,-z,relro,-z,now,-z,noexecstack $(if $(SANITIZE),-fsanitize=$(SANITIZE))
CPPFLAGS += $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LDLIBS   += $(shell pkg-config --libs $(PKGS) 2>/dev/null) $(if $(IPSEC_MB),-lIPSec_MB)

objects  = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)/*.c))
COMMON  := $(call objects,common)
SERVER  := $(call objects,server)
CLIENT  := $(call objects,client)
UNITS   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*/test_*.c))

all: $(BUILD)/ferryd $(BUILD)/ferry

$(BUILD)/ferryd: $(SERVER) $(COMMON)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(BUILD)/ferry: $(CLIENT) $(COMMON)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# A room sees its own headers and common's; a wrong include does not compile.
$(BUILD)/common/%.o $(BUILD)/tests/unit/common/%.o: ROOM := -Icommon
$(BUILD)/server/%.o $(BUILD)/tests/unit/server/%.o: ROOM := -Icommon -Iserver
$(BUILD)/client/%.o $(BUILD)/tests/unit/client/%.o: ROOM := -Icommon -Iclient
$(BUILD)/tests/%.o: CPPFLAGS += -Itests/support
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ROOM) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/unit/common/%: $(BUILD)/tests/unit/common/%.o $(COMMON)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
$(BUILD)/tests/unit/server/%: $(BUILD)/tests/unit/server/%.o $(COMMON) $(filter-out %/main.o,$(SERVER))
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
$(BUILD)/tests/unit/client/%: $(BUILD)/tests/unit/client/%.o $(COMMON) $(filter-out %/main.o,$(CLIENT))
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

check-unit: $(UNITS)
	@set -e; for test in $(UNITS); do echo "== $$test"; $$test; done

clean:
	rm -rf build build-*

.PHONY: all check-unit clean
.PRECIOUS: $(BUILD)/%.o
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d $(BUILD)/*/*/*/*.d)
