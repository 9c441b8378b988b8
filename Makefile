# coder-accounts: one non-recursive Makefile; the object lists below are the link table.
#
#   make            build the five products into .build/, and coder_fleet where libldap's headers are (libldap-dev, libsasl2-dev)
#   make check      unit tests (ASan, UBSan), the fuzzers' corpora, the models (spin), the architecture checks; needs no root
#   make fuzz       libFuzzer, FUZZ_SECONDS=60 for each fuzzer (clang); see tests/fuzz/fuzz.mk
#   make install    DESTDIR= PREFIX=/usr; wires nothing, makes no /var/lib/coder
#   make deb        the Debian packages, into .build/deb/ (debhelper, dpkg-dev, po-debconf)
#   make rpm        those of examples/rpm, into .build/rpm/ (rpmbuild); RPMFLAGS are rpmbuild's
#   make lint       -Werror, gcc -fanalyzer, clang-tidy, cppcheck
#   make bench      what it costs: all of the figures, in private worlds (root)
#   make bench-login  what one authentication costs, beside a bare hash, and a login by ssh, beside pam_unix's (root)
#   make bench-fleet  what a fleet of a thousand costs its server and a host (root)
#   make bench-nss  what a lookup costs, beside other NSS services (root)
#   make proof      killed and failing at every system call and allocation, in a private world (root)
#   make check-cockpit  the page in Cockpit, in a browser, in a private world (root)
#   make check-vm   on machines that boot, of Debian 12 and 13, by qemu (root); CODER_VM_SUITES=12 for one
#   make demo       the main job through a real sshd in a private world (root)

VERSION   := 0.1.0
PREFIX    ?= /usr
CC        ?= cc
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
LIBDIR    ?= $(PREFIX)/lib$(if $(MULTIARCH),/$(MULTIARCH))
SBINDIR   ?= $(PREFIX)/sbin
LIBEXECDIR ?= $(PREFIX)/libexec
DATADIR   ?= $(PREFIX)/share
STATEDIR  ?= /var/lib/coder
RUNDIR    ?= /run/coder
UNITDIR   ?= $(PREFIX)/lib/systemd/system
MANDIR    ?= $(DATADIR)/man
COMPLETIONDIR ?= $(DATADIR)/bash-completion/completions
# Where zsh looks on Debian, for what a package brings and for what the site does.
ZSHDIR    ?= $(DATADIR)/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
FISHDIR   ?= $(DATADIR)/fish/vendor_completions.d
COCKPITDIR ?= $(DATADIR)/cockpit/coder_accounts
METAINFODIR ?= $(DATADIR)/metainfo

B := .build
O := $(B)/obj
T := $(B)/test

# -- flags --------------------------------------------------------------------------------

WARN   := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
          -Wformat=2 -Wvla -Wundef
CFLAGS ?= -O2 -g
HARDEN := -fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 \
          -fvisibility=hidden -fno-strict-overflow
RELRO  := -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed
PATHS   = -DCODER_STATE_DIR='"$(STATEDIR)"' -DCODER_RUN_DIR='"$(RUNDIR)"' \
          -DCODER_HELPER='"$(LIBEXECDIR)/coder_helper"' -DCODER_KEYS='"$(LIBEXECDIR)/coder_keys"' -DCODER_OWNER_UID=0 \
          -DCODER_FLEET='"$(LIBEXECDIR)/coder_fleet"' \
          -DCODER_SECURITY_DIR='"$(LIBDIR)/security"' -DCODER_DATA_DIR='"$(DATADIR)/coder-accounts"'
COMMON := -std=gnu11 -D_GNU_SOURCE -DCODER_VERSION='"$(VERSION)"' -I. -Iadmin-tool -I$(B)/gen $(WARN) $(EXTRA_CFLAGS)
SHIP    = $(COMMON) $(PATHS) $(CFLAGS) $(HARDEN) -fPIC -MMD -MP

# The unit-test build: the same sources, other paths, sanitizers on.
TESTSTATE := $(CURDIR)/$(T)/state
TESTPATHS  = -DCODER_STATE_DIR='"$(TESTSTATE)"' -DCODER_RUN_DIR='"$(CURDIR)/$(T)/run"' \
             -DCODER_HELPER='"$(CURDIR)/$(T)/coder_helper"' -DCODER_KEYS='"$(LIBEXECDIR)/coder_keys"' -DCODER_OWNER_UID=$(shell id -u) \
             -DCODER_DATA_DIR='"$(CURDIR)/examples"'
SANITIZE  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
TEST       = $(COMMON) $(TESTPATHS) -O1 -g $(SANITIZE) -fPIC -fvisibility=hidden -MMD -MP

# -- who is linked from what (DESIGN: each directory owns one boundary; HOUSE: rooms by floor) ------------

room         = $(patsubst %.c,%.o,$(wildcard $(1)/*.c))

# floor 1: the libraries. What a product does not need is in a list of its own.
SQL_OBJS    := sql/ascii.o sql/account.o sql/account_row.o sql/hand_over.o sql/policy.o sql/memory.o sql/deadline.o sql/holder.o \
               sql/guard.o sql/database.o sql/store_files.o sql/schema.o sql/store.o sql/store_accounts.o sql/store_changes.o \
               sql/store_chain.o sql/store_audit.o \
               sql/activity.o sql/activity_file.o sql/repeats.o sql/openings.o sql/rescue.o
TRUTH_OBJS  := $(filter-out $(SQL_OBJS),$(call room,sql))
READER_OBJS := nss_coder/directory_read.o nss_coder/directory_map.o nss_coder/directory_shelf.o nss_coder/directory_probe.o \
               nss_coder/directory_checksum.o
NSS_OBJS    := nss_coder/nss_passwd.o nss_coder/nss_group.o nss_coder/nss_shadow.o nss_coder/nss_coder.o $(READER_OBJS)
KEYS_OBJS   := nss_coder/coder_keys.o nss_coder/directory_keys.o $(READER_OBJS)
WRITER_OBJS := $(filter-out $(NSS_OBJS) nss_coder/coder_keys.o,$(call room,nss_coder))
SECRET_OBJS := pam_coder/credential.o pam_coder/hashing.o
# Beside them in what is shipped; the sanitizers have an mmap of their own.
SHIPPED_OBJS := pam_coder/hashing_memory.o
JUDGE_OBJS  := pam_coder/judge.o pam_coder/verify.o pam_coder/change.o pam_coder/fleet_change.o pam_coder/fleet_door.o pam_coder/turn.o pam_coder/rewrite.o pam_coder/hearing.o pam_coder/login_day.o pam_coder/origin.o \
               pam_coder/address.o pam_coder/subordinate.o
PAM_OBJS    := pam_coder/pam_coder.o pam_coder/past.o pam_coder/call.o pam_coder/options.o pam_coder/ask.o \
               pam_coder/inherited.o pam_coder/request.o $(READER_OBJS)
HELPER_OBJS := pam_coder/helper.o pam_coder/inherited.o pam_coder/request.o $(JUDGE_OBJS) $(SECRET_OBJS) $(SQL_OBJS)

# What follows a fleet: an optional package, and the only product that needs libldap.
LDAP        := $(shell printf '\#include <%s>\n' ldap.h sasl/sasl.h | $(CC) -E -x c - >/dev/null 2>&1 && echo yes)
FLEET_PURE  := $(addprefix admin-tool/fleet/,certificate.o cookie.o entry.o facts.o json_line.o peer.o settings.o shown.o sync.o watch.o \
               write_request.o)
FLEET_OBJS  := $(call room,admin-tool/fleet) sql/ascii.o

# floors 2 to 7: the tool.
TOOL_ROOMS  := verbs check follow import change host terminal
TOOL_OBJS   := admin-tool/main.o admin-tool/commands.o $(foreach name,$(TOOL_ROOMS),$(call room,admin-tool/$(name))) pam_coder/inherited.o pam_coder/subordinate.o \
               $(SECRET_OBJS) $(SQL_OBJS) $(TRUTH_OBJS) $(WRITER_OBJS) $(READER_OBJS)

PAM_LIBS    := -lpam
HELPER_LIBS := -lcrypt -lsqlite3 -lmd
TOOL_LIBS   := -lcrypt -lsqlite3 -lsmartcols -lmd -laudit -lpthread
FLEET_LIBS  := -lldap -llber -lresolv

PRODUCTS := $(B)/pam_coder.so $(B)/coder_helper $(B)/libnss_coder.so.2 $(B)/coder_keys $(B)/admin-tool $(if $(LDAP),$(B)/coder_fleet)
COCKPIT_WORDS := $(foreach po,$(wildcard admin-tool/cockpit/po/*.po),$(patsubst %,$(B)/cockpit/%.$(basename $(notdir $(po))).js,po po.manifest))
.PHONY: all check check-architecture check-build check-cockpit check-vm check-world check-install check-model install uninstall deb rpm lint demo bench bench-fleet bench-login bench-nss \
    clean mutants proof
.DELETE_ON_ERROR:
all: $(PRODUCTS) $(COCKPIT_WORDS)

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(SHIP) -c -o $@ $<

# Migrations become C strings, so no product reads SQL from a file at run time.
$(B)/gen/migrations.h: $(wildcard sql/*.sql)
	@mkdir -p $(@D)
	for f in $^; do \
	    printf 'static const char sql_%s[] =\n' "$$(basename $$f .sql)"; \
	    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$$/\\n"/' $$f; \
	    printf '    ;\n'; \
	done > $@
$(O)/sql/schema.o $(O)/sql/activity_file.o: $(B)/gen/migrations.h

# The contract's table for its test, in both builds.
$(B)/gen/verdicts.h: tests/unit/verdicts.tsv
	@mkdir -p $(@D)
	printf 'static const char verdicts_tsv[] =\n' > $@
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$$/\\n"/' $< >> $@
	printf '    ;\n' >> $@
$(O)/tests/unit/test_verdicts.o: $(B)/gen/verdicts.h

$(B)/gen/commonest.h: pam_coder/commonest.txt
	@mkdir -p $(@D)
	printf 'static const char *const commonest[] = {\n' > $@
	sed -e '/^#/d' -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/    "&",/' $< >> $@
	printf '};\n' >> $@
$(O)/pam_coder/credential.o: $(B)/gen/commonest.h

# "NAME WHOSE" becomes { "NAME", "WHOSE" }.
$(B)/gen/reserved_names.h: admin-tool/host/reserved.txt
	@mkdir -p $(@D)
	printf 'static const struct { const char *pattern, *whose; } reserved_names[] = {\n' > $@
	sed -e '/^#/d' -e 's/^\([^ ]*\) \(.*\)/    { "\1", "\2" },/' $< >> $@
	printf '};\n' >> $@
$(O)/admin-tool/host/reserved.o: $(B)/gen/reserved_names.h

$(B)/cockpit/po.%.js: admin-tool/cockpit/po/%.po admin-tool/cockpit/po/po-to-js
	@mkdir -p $(@D)
	admin-tool/cockpit/po/po-to-js $< >$@.new && mv $@.new $@

$(B)/cockpit/po.manifest.%.js: admin-tool/cockpit/po/%.po admin-tool/cockpit/po/po-to-js admin-tool/cockpit/manifest.json
	@mkdir -p $(@D)
	admin-tool/cockpit/po/po-to-js $< admin-tool/cockpit/manifest.json >$@.new && mv $@.new $@

$(B)/pam_coder.so: $(PAM_OBJS:%=$(O)/%) pam_coder/pam_coder.map
	$(CC) $(CFLAGS) $(LDFLAGS) -shared $(RELRO) -Wl,-z,defs -Wl,--version-script=pam_coder/pam_coder.map \
	    -o $@ $(PAM_OBJS:%=$(O)/%) $(PAM_LIBS)

$(B)/coder_helper: $(addprefix $(O)/,$(HELPER_OBJS) $(SHIPPED_OBJS))
	$(CC) $(CFLAGS) $(LDFLAGS) -pie $(RELRO) -o $@ $^ $(HELPER_LIBS)

# In one piece: every program that looks up one name maps it, and pays for each segment.
$(B)/libnss_coder.so.2: $(NSS_OBJS:%=$(O)/%) nss_coder/nss_coder.map
	$(CC) $(CFLAGS) $(LDFLAGS) -shared $(RELRO) -Wl,-z,defs,-z,noseparate-code -Wl,-soname,libnss_coder.so.2 \
	    -Wl,--version-script=nss_coder/nss_coder.map -o $@ $(NSS_OBJS:%=$(O)/%)

$(B)/coder_keys: $(KEYS_OBJS:%=$(O)/%)
	$(CC) $(CFLAGS) $(LDFLAGS) -pie $(RELRO) -o $@ $^

$(B)/coder_fleet: $(FLEET_OBJS:%=$(O)/%)
	$(CC) $(CFLAGS) $(LDFLAGS) -pie $(RELRO) -o $@ $^ $(FLEET_LIBS)

$(B)/admin-tool: $(addprefix $(O)/,$(TOOL_OBJS) $(SHIPPED_OBJS))
	$(CC) $(CFLAGS) $(LDFLAGS) -pie $(RELRO) -o $@ $^ $(TOOL_LIBS)

# -- tests: make check needs no root, touches only .build/test ------------------------------

# Everything but the entry points, so that a unit test can reach any of it; of the tool what asks neither machine
# nor terminal.
PURE_OBJS := admin-tool/check/pam_stack.o admin-tool/check/pam_action.o admin-tool/check/pam_run.o admin-tool/check/sshd_settings.o \
             admin-tool/follow/line.o admin-tool/import/record.o admin-tool/import/heading.o admin-tool/import/read.o admin-tool/import/claims.o \
             admin-tool/host/text_file.o admin-tool/host/rule_groups.o admin-tool/host/nsswitch.o admin-tool/terminal/when.o \
             admin-tool/terminal/similar.o
UNIT_OBJS := $(SQL_OBJS) $(TRUTH_OBJS) $(SECRET_OBJS) $(READER_OBJS) $(WRITER_OBJS) pam_coder/request.o $(JUDGE_OBJS) $(PURE_OBJS)
WORLD_ONLY := test_callers test_flood test_parallel test_secrets test_nss_threads test_nss_hosts test_nss_status
FLEET_UNITS := test_fleet_cookie test_fleet_sync test_fleet_entry test_fleet_peer test_fleet_write
UNITS     := $(filter-out $(WORLD_ONLY) $(if $(LDAP),,$(FLEET_UNITS)),$(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c)))
CHECK     := $(UNITS:%=$(T)/%) $(T)/pam_coder.so $(T)/coder_helper $(T)/libnss_coder.so.2
# The same PAM tests against the shipped objects, for a private world (root), and some that run only there.
WORLD     := $(addprefix $(B)/world/,test_pam test_verdicts test_helper test_callers test_flood test_pam_hosts test_parallel test_secrets)
# What hostile callers set: the parts of one list.
HOSTILITY := $(addprefix $(O)/tests/unit/fixture/,hostility_time.o hostility_process.o hostility_company.o)
# Programs of plain libc calls: NSS as hosts have it. And again with ThreadSanitizer, the module included.
NSS_WORLD := $(addprefix $(B)/world/,test_nss_threads test_nss_hosts test_nss_status)
TSAN      := $(B)/tsan/libnss_coder.so.2 $(B)/tsan/test_nss_threads

TOBJ := $(T)/obj
$(TOBJ)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(TEST) -c -o $@ $<
$(TOBJ)/sql/schema.o $(TOBJ)/sql/activity_file.o: $(B)/gen/migrations.h
$(TOBJ)/pam_coder/credential.o: $(B)/gen/commonest.h
$(TOBJ)/tests/unit/test_verdicts.o: $(B)/gen/verdicts.h

# A test links the fixtures whose headers it includes.
fixtures = $(shell sed -n 's|^\#include "fixture/\(.*\)\.h"|$(2)/tests/unit/fixture/\1.o|p' tests/unit/$(1).c)
.SECONDEXPANSION:
$(T)/test_%: $(TOBJ)/tests/unit/test_%.o $$(call fixtures,test_$$*,$$(TOBJ)) $(UNIT_OBJS:%=$(TOBJ)/%)
	$(CC) $(SANITIZE) -rdynamic -pie -o $@ $^ -lcmocka -lcrypt -lsqlite3 -lmd -lpam -ldl -lpthread
$(FLEET_UNITS:%=$(T)/%): $(T)/test_%: $(TOBJ)/tests/unit/test_%.o $(addprefix $(TOBJ)/,$(FLEET_PURE) $(SQL_OBJS) $(TRUTH_OBJS))
	$(CC) $(SANITIZE) -pie -o $@ $^ -lcmocka -lcrypt -lsqlite3 -lmd -lpthread -llber -lresolv
$(T)/test_pam $(T)/test_verdicts $(T)/test_pam_hosts: $(TOBJ)/tests/unit/fixture/fake_nss.o
# The units of systemd are the test's own.
$(T)/test_lineage: $(TOBJ)/tests/unit/test_lineage.o $(addprefix $(TOBJ)/admin-tool/host/,lineage.o proc.o whose.o subid_taken.o login_defs.o) \
                   $(SQL_OBJS:%=$(TOBJ)/%)
	$(CC) $(SANITIZE) -pie -o $@ $^ -lcmocka -lcrypt -lsqlite3 -lmd -lpthread
$(T)/pam_coder.so: $(PAM_OBJS:%=$(TOBJ)/%) pam_coder/pam_coder.map
	$(CC) $(SANITIZE) -shared -Wl,--version-script=pam_coder/pam_coder.map -o $@ $(PAM_OBJS:%=$(TOBJ)/%) $(PAM_LIBS)
$(T)/coder_helper: $(HELPER_OBJS:%=$(TOBJ)/%)
	$(CC) $(SANITIZE) -pie -o $@ $^ $(HELPER_LIBS)
$(T)/libnss_coder.so.2: $(NSS_OBJS:%=$(TOBJ)/%) nss_coder/nss_coder.map
	$(CC) $(SANITIZE) -shared -Wl,--version-script=nss_coder/nss_coder.map -o $@ $(NSS_OBJS:%=$(TOBJ)/%)
$(B)/world/test_callers: $(HOSTILITY)
$(NSS_WORLD): $(B)/world/test_%: $(O)/tests/unit/test_%.o $$(call fixtures,test_$$*,$$(O)) $(WRITER_OBJS:%=$(O)/%) $(READER_OBJS:%=$(O)/%)
	@mkdir -p $(@D)
	$(CC) -pie -Wl,--disable-new-dtags,-rpath,'$$ORIGIN' -o $@ $^ -lcmocka -lpthread
$(B)/world/libnss_next.so.2: $(O)/tests/unit/fixture/nss_next.o
	@mkdir -p $(@D)
	$(CC) -shared -Wl,-soname,libnss_next.so.2 -o $@ $^
$(WORLD): $(B)/world/test_%: $(O)/tests/unit/test_%.o $$(call fixtures,test_$$*,$$(O)) $(UNIT_OBJS:%=$(O)/%)
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $^ -lcmocka -lcrypt -lsqlite3 -lmd -lpam

# For shell tests: libpam called; a program executed with what a hostile caller left in its process; processes that are
# hard to end; memory that runs out; another day; a program that falls asleep in the middle of a change.
HELPERS := $(addprefix $(B)/world/,pam_call inherit runaway failing_malloc.so sleeping_sync.so other_day.so)
$(B)/world/pam_call: $(O)/tests/unit/fixture/pam_call.o $(O)/tests/unit/fixture/pam_host.o
$(B)/world/inherit: $(addprefix $(O)/tests/unit/fixture/,inherit.o hostility.o portrait.o) $(HOSTILITY)
$(B)/world/runaway: $(O)/tests/hostile/runaway.o
$(B)/world/failing_malloc.so: $(O)/tests/faults/failing_malloc.o
$(B)/world/sleeping_sync.so: $(O)/tests/hostile/sleeping_sync.o
$(B)/world/other_day.so: $(O)/tests/cli/other_day.o
$(HELPERS):
	@mkdir -p $(@D)
	$(CC) $(if $(filter %.so,$@),-shared,-pie) -o $@ $^ -Wl,--as-needed -lpam -lpthread

TSANFLAGS := -fsanitize=thread -fno-omit-frame-pointer
$(B)/tsan/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(PATHS) -O1 -g $(TSANFLAGS) -fPIC -fvisibility=hidden -MMD -MP -c -o $@ $<
# The module's calls of the sanitizer are answered by the program, which has the runtime inside.
$(B)/tsan/libnss_coder.so.2: $(NSS_OBJS:%=$(B)/tsan/obj/%) nss_coder/nss_coder.map
	$(CC) -shared -Wl,--version-script=nss_coder/nss_coder.map -o $@ $(NSS_OBJS:%=$(B)/tsan/obj/%)
$(B)/tsan/test_nss_threads: $(B)/tsan/obj/tests/unit/test_nss_threads.o $(B)/tsan/obj/tests/unit/fixture/fixture_directory.o \
    $(WRITER_OBJS:%=$(B)/tsan/obj/%) $(READER_OBJS:%=$(B)/tsan/obj/%)
	$(CC) $(TSANFLAGS) -static-libtsan -rdynamic -pie -o $@ $^ -lcmocka

include tests/fuzz/fuzz.mk

check-world: $(WORLD) $(HELPERS) $(NSS_WORLD) $(B)/world/libnss_next.so.2
check-build: all $(CHECK) check-world $(TSAN) $(REPLAYS)

# Each test's TAP goes to .build/tap; the whole of it is shown when something fails.
check: $(CHECK) check-architecture check-install check-model check-fuzz
	@rm -rf $(T)/state $(T)/run && mkdir -p $(T)/state $(B)/tap
	@failed=0; for unit in $(UNITS); do \
	    CMOCKA_MESSAGE_OUTPUT=TAP CODER_NSS_MODULE=$(CURDIR)/$(T)/libnss_coder.so.2 \
	    CODER_PAM_MODULE=$(CURDIR)/$(T)/pam_coder.so \
	    $(T)/$$unit >$(B)/tap/$$unit.tap 2>$(B)/tap/$$unit.err; status=$$?; \
	    bad=$$(grep -c '^not ok' $(B)/tap/$$unit.tap); good=$$(grep -c '^ok' $(B)/tap/$$unit.tap); \
	    echo "$$unit: $$good passed, $$bad failed"; \
	    if [ $$status -ne 0 ]; then failed=1; echo "exit $$status" >>$(B)/tap/$$unit.err; \
	        cat $(B)/tap/$$unit.tap $(B)/tap/$$unit.err; fi; \
	done; exit $$failed

check-architecture: all
	@mkdir -p $(B)/tap
	@tests/architecture $(B) >$(B)/tap/architecture.tap; status=$$?; cat $(B)/tap/architecture.tap; exit $$status

check-install: all
	@mkdir -p $(B)/tap
	@tests/install >$(B)/tap/install.tap; status=$$?; cat $(B)/tap/install.tap; exit $$status

check-model:
	@mkdir -p $(B)/tap
	@tests/model/run >$(B)/tap/model.tap; status=$$?; cat $(B)/tap/model.tap; exit $$status

# The first time it fetches a browser and Cockpit: tests/cockpit/root.
check-cockpit:
	CODER_BUILD=all tests/run tests/cockpit/page.sh

check-vm:
	tests/vm/run

# -- install: wires nothing, makes no /var/lib/coder ----------------------------------------

UNITS_SYSTEMD := coder-helper.socket coder-helper@.service coder-publish.service coder-publish.timer \
                 coder-backup.service coder-backup.timer $(if $(LDAP),coder-fleet.socket coder-fleet@.service coder-follow.service)
PAM_PROFILES  := coder coder-password coder-session
MAN_PAGES     := $(wildcard */*.5 */*.7 */*.8)
SUDOERS       := coder-admins coder-auditors
COMPLETION    := $(wildcard examples/bash-completion/admin-tool)
METAINFO      := admin-tool/cockpit/org.coder_accounts.cockpit.metainfo.xml
COCKPIT_PAGE  := $(addprefix admin-tool/cockpit/,index.html manifest.json coder.css) $(wildcard admin-tool/cockpit/*.js)

install: all
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(LIBDIR)/security \
	    $(DESTDIR)$(DATADIR)/pam-configs $(DESTDIR)$(UNITDIR)
	install -m 0755 $(B)/admin-tool $(DESTDIR)$(SBINDIR)/admin-tool
	install -m 4755 $(B)/coder_helper $(DESTDIR)$(LIBEXECDIR)/coder_helper
	install -m 0711 $(B)/coder_keys $(DESTDIR)$(LIBEXECDIR)/coder_keys
	$(if $(LDAP),install -m 0755 $(B)/coder_fleet $(DESTDIR)$(LIBEXECDIR)/coder_fleet)
	install -m 0644 $(B)/pam_coder.so $(DESTDIR)$(LIBDIR)/security/pam_coder.so
	install -m 0644 $(B)/libnss_coder.so.2 $(DESTDIR)$(LIBDIR)/libnss_coder.so.2
	install -m 0644 $(PAM_PROFILES:%=examples/pam-configs/%) $(DESTDIR)$(DATADIR)/pam-configs/
	for unit in $(UNITS_SYSTEMD); do \
	    sed -e 's|/usr/libexec|$(LIBEXECDIR)|' -e 's|/usr/sbin|$(SBINDIR)|' \
	        -e 's|/var/lib/coder|$(STATEDIR)|' -e 's|/run/coder|$(RUNDIR)|' \
	        "examples/systemd/$$unit" >"$(DESTDIR)$(UNITDIR)/$$unit" && \
	    chmod 0644 "$(DESTDIR)$(UNITDIR)/$$unit" || exit 1; \
	done
	for page in $(MAN_PAGES); do \
	    install -D -m 0644 "$$page" "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}" || exit 1; \
	done
	for rules in $(SUDOERS); do \
	    install -D -m 0644 "examples/sudoers.d/$$rules" "$(DESTDIR)$(DATADIR)/coder-accounts/sudoers.d/$$rules" || exit 1; \
	done
	install -D -m 0644 examples/sshd_config.d/coder.conf $(DESTDIR)$(DATADIR)/coder-accounts/sshd_config.d/coder.conf
	for words in $(COMPLETION); do \
	    install -D -m 0644 "$$words" "$(DESTDIR)$(COMPLETIONDIR)/$${words##*/}" || exit 1; \
	done
	install -d $(DESTDIR)$(ZSHDIR) $(DESTDIR)$(FISHDIR)
	sed 's|/usr/share/bash-completion/completions|$(COMPLETIONDIR)|' examples/zsh/_admin-tool >$(DESTDIR)$(ZSHDIR)/_admin-tool
	sed 's|/usr/share/bash-completion/completions|$(COMPLETIONDIR)|' examples/fish/admin-tool.fish \
	    >$(DESTDIR)$(FISHDIR)/admin-tool.fish
	chmod 0644 $(DESTDIR)$(ZSHDIR)/_admin-tool $(DESTDIR)$(FISHDIR)/admin-tool.fish
	install -d $(DESTDIR)$(COCKPITDIR)
	for file in $(COCKPIT_PAGE) $(COCKPIT_WORDS); do \
	    sed -e 's|/usr/sbin|$(SBINDIR)|' -e 's|/var/lib/coder|$(STATEDIR)|' \
	        "$$file" >"$(DESTDIR)$(COCKPITDIR)/$${file##*/}" && \
	    chmod 0644 "$(DESTDIR)$(COCKPITDIR)/$${file##*/}" || exit 1; \
	done
	install -D -m 0644 $(METAINFO) $(DESTDIR)$(METAINFODIR)/$(notdir $(METAINFO))

uninstall:
	rm -f $(SUDOERS:%=$(DESTDIR)$(DATADIR)/coder-accounts/sudoers.d/%) $(DESTDIR)$(DATADIR)/coder-accounts/sshd_config.d/coder.conf
	rmdir $(DESTDIR)$(DATADIR)/coder-accounts/*.d $(DESTDIR)$(DATADIR)/coder-accounts 2>/dev/null || :
	rm -f $(DESTDIR)$(SBINDIR)/admin-tool $(DESTDIR)$(LIBEXECDIR)/coder_helper $(DESTDIR)$(LIBEXECDIR)/coder_keys \
	    $(DESTDIR)$(LIBEXECDIR)/coder_fleet $(DESTDIR)$(LIBDIR)/security/pam_coder.so $(DESTDIR)$(LIBDIR)/libnss_coder.so.2 \
	    $(PAM_PROFILES:%=$(DESTDIR)$(DATADIR)/pam-configs/%) $(UNITS_SYSTEMD:%=$(DESTDIR)$(UNITDIR)/%) \
	    $(foreach page,$(MAN_PAGES),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
	    $(COMPLETION:examples/bash-completion/%=$(DESTDIR)$(COMPLETIONDIR)/%) \
	    $(DESTDIR)$(ZSHDIR)/_admin-tool $(DESTDIR)$(FISHDIR)/admin-tool.fish \
	    $(addprefix $(DESTDIR)$(COCKPITDIR)/,$(notdir $(COCKPIT_PAGE) $(COCKPIT_WORDS))) $(DESTDIR)$(METAINFODIR)/$(notdir $(METAINFO))
	rmdir $(DESTDIR)$(COCKPITDIR) 2>/dev/null || :

# The packages are built from a copy of the tree, so neither .git nor what is built here gets into them.
DEB     := $(B)/deb
DEBTREE  = $(DEB)/coder-accounts-$(VERSION)

deb:
	@test "$$(dpkg-parsechangelog -l examples/debian/changelog -S Version)" = $(VERSION) || \
	    { echo "examples/debian/changelog does not begin with version $(VERSION)" >&2; exit 1; }
	rm -rf $(DEB) && mkdir -p $(DEBTREE)
	tar --exclude=./.git --exclude=./.build -cf - . | tar -C $(DEBTREE) -xf -
	cp -R examples/debian $(DEBTREE)/debian
	cd $(DEBTREE) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
	    DEB_BUILD_OPTIONS="$${DEB_BUILD_OPTIONS-nocheck noautodbgsym}" dpkg-buildpackage -us -uc -b

RPM := $(CURDIR)/$(B)/rpm

rpm:
	rm -rf $(RPM) && mkdir -p $(RPM)
	tar --exclude=./.git --exclude=./.build --transform 's|^\.|coder-accounts-$(VERSION)|' -czf $(RPM)/coder-accounts-$(VERSION).tar.gz .
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL rpmbuild -bb --define '_topdir $(RPM)' --define '_sourcedir $(RPM)' --define '_rpmdir $(RPM)' \
	    $(RPMFLAGS) examples/rpm/coder-accounts.spec

# -- the rest -------------------------------------------------------------------------------

SOURCES := $(wildcard sql/*.c nss_coder/*.c pam_coder/*.c admin-tool/*.c admin-tool/*/*.c)
LINTFLAGS = $(COMMON) $(PATHS) -O2 -Werror

lint: $(B)/gen/migrations.h $(B)/gen/commonest.h $(B)/gen/reserved_names.h
	for f in $(SOURCES); do $(CC) $(LINTFLAGS) -fanalyzer -c -o /dev/null $$f || exit 1; done
	cppcheck -q --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
	    --inline-suppr --suppressions-list=tests/cppcheck-suppressions $(filter -I% -D%,$(COMMON)) $(PATHS) $(SOURCES)
	clang-tidy --quiet $(SOURCES) -- $(filter-out -W%,$(COMMON)) $(PATHS)

# Figures, not tests: ratios to a bare hash and to pam_unix in the same run (root).
$(B)/world/bench_pam: $(O)/tests/bench/bench_pam.o $(O)/tests/unit/fixture/fixture.o $(UNIT_OBJS:%=$(O)/%)
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $^ -lcmocka -lcrypt -lsqlite3 -lmd -lpam -lm

$(B)/world/bench_nss: $(O)/tests/bench/bench_nss.o
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $^ -lpthread

$(B)/world/bench_fleet: $(O)/tests/bench/bench_fleet.o $(FLEET_PURE:%=$(O)/%) $(O)/sql/ascii.o
	@mkdir -p $(@D)
	$(CC) -pie -o $@ $^ $(FLEET_LIBS) -lpthread

bench-fleet: all $(B)/world/bench_fleet $(B)/world/pam_call
	tests/world --root "$$(tests/fleet/root)" /src/tests/bench/bench_fleet.sh

bench: all $(B)/world/bench_pam bench-nss bench-login
	tests/world /src/tests/bench/bench_sshd.sh
	tests/world /src/tests/bench/bench_tool.sh
	tests/world /src/tests/bench/bench_import.sh
	tests/bench/bench_publish.sh

# One authentication beside a bare hash, and a whole login by ssh beside pam_unix's; ROUNDS=20 for less.
bench-login: all $(B)/world/bench_pam
	tests/world /src/$(B)/world/bench_pam $(ROUNDS)
	tests/world /src/tests/bench/bench_login.py

# Lookups beside other NSS services, in a root of its own that has them; SIZES="1000 10000" for less.
bench-nss: all $(B)/world/bench_nss
	tests/world --root "$$(tests/bench/root)" /src/tests/bench/bench_nss.sh $(SIZES)

demo:
	examples/demo

# Every system call killed and failing, every allocation, a minute of everybody at once: an hour or more (root).
PROOFS := $(filter-out %/lib.sh,$(wildcard tests/faults/*.sh)) tests/fleet/apply-faults.sh
proof: all check-build
	@mkdir -p $(B)/tap; failed=0; for proof in $(PROOFS); do root=; \
	    case $$proof in tests/fleet/*) root="--root $$(tests/fleet/root)";; esac; \
	    tests/world $$root env CODER_PROOF=1 /src/$$proof >$(B)/tap/$$(basename $$proof .sh).proof 2>&1 </dev/null || failed=1; \
	    echo "$$proof:"; grep -E ' points tried, |^not ok' $(B)/tap/$$(basename $$proof .sh).proof; \
	done; exit $$failed

mutants:
	tests/mutants/run

clean:
	rm -rf $(B)

-include $(shell find $(O) $(TOBJ) -name '*.d' 2>/dev/null)
