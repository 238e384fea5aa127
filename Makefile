# ferry: `make` builds, `make check` tests, `make demo` shows it at work, `make deps` installs what these need.
PREFIX  ?= /usr/local
comma   := ,
BUILD   := build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
PKGS    := openssl inih jansson libseccomp
IPSEC_MB := $(wildcard /usr/include/intel-ipsec-mb.h)

CFLAGS  ?= -O2 -g
DEFINES := -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(if $(IPSEC_MB),-DHAVE_IPSEC_MB) $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2) \
           $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
HARDEN  := -pthread -fPIE -fno-common -fstack-protector-strong -fstack-clash-protection \
           $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla -Wformat=2 -Wundef \
           -Wcast-qual -Wwrite-strings -Wimplicit-fallthrough -Wconversion -Wno-sign-conversion
FLAGS    = $(DEFINES) $(CPPFLAGS) $(CFLAGS) -std=c11 $(HARDEN) $(WARN)
Q        = $(if $(V),,@echo "$(@F)";)
LINK     = $(Q)$(CC) -pthread -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed $(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(LDFLAGS) -o $@ $^
LIBS    := $(shell pkg-config --libs $(PKGS) 2>/dev/null) $(if $(IPSEC_MB),-lIPSec_MB)

objects  = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)/*.c))
COMMON  := $(call objects,common)
SERVER  := $(call objects,server)
CLIENT  := $(call objects,client)

all: $(BUILD)/ferryd $(BUILD)/ferry

$(BUILD)/ferryd: $(SERVER) $(COMMON)
	$(LINK) $(LIBS)
$(BUILD)/ferry: $(CLIENT) $(COMMON)
	$(LINK) $(LIBS)

# A room sees its own headers and common's: a wrong include does not compile, and neither does a call that banned.h names.
ROOM = $(BANNED) -Icommon
$(BUILD)/common/%.o $(BUILD)/server/%.o $(BUILD)/client/%.o: BANNED = $(addprefix -include ,$(wildcard common/banned.h))
$(BUILD)/common/clock.o: BANNED = -DBANNED_ALLOW_CLOCKS $(addprefix -include ,$(wildcard common/banned.h))
$(BUILD)/common/beneath.o $(BUILD)/common/trusted.o: BANNED = -DBANNED_ALLOW_PATHS $(addprefix -include ,$(wildcard common/banned.h))
$(BUILD)/server/%.o: ROOM += -Iserver
$(BUILD)/client/%.o: ROOM += -Iclient
$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) $(ROOM) $(if $(CI),-Werror) -MMD -MP -c -o $@ $<
# Other flags, or a library that has come since, make every object anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D); echo "$(CC) $(FLAGS)" | cmp -s - $@ || echo "$(CC) $(FLAGS)" >$@

include tests/rules.mk
deps:
	@.ci/deps
install: all
	install -D -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/ferryd $(BUILD)/ferry
	for page in $(wildcard docs/man/*.[1-8]); do install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man$${page##*.} $$page; done
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|/usr/local|$(PREFIX)|' config/ferryd.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/ferryd.service
	test -e $(DESTDIR)/etc/ferry/ferryd.conf || install -D -m 644 -t $(DESTDIR)/etc/ferry config/ferryd.conf
clean:
	rm -rf build build-*

.PHONY: all deps install clean FORCE
.SECONDARY:
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d $(BUILD)/*/*/*/*.d)
