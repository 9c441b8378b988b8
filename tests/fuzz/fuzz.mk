# Fuzzers, included by the Makefile.
#
#   make check-fuzz   plays the corpora through them (gcc is enough; part of make check)
#   make fuzz         FUZZ_SECONDS=60 each with libFuzzer (clang); what is new goes to .build/fuzz/found,
#                     a finding to .build/fuzz/NAME-crash-...

FUZZERS := directory patch rules request pam import doctor backup keys $(if $(LDAP),fleet_sync fleet_entry fleet_text fleet_write) fleet_line
FUZZ_SECONDS ?= 60
FUZZ_CC ?= clang
F := $(B)/fuzz

FUZZ_OBJS := tests/fuzz/fuzz.o tests/fuzz/grammar.o admin-tool/terminal/escape.o $(UNIT_OBJS)
FUZZ_LIBS := -lcmocka -lcrypt -lsqlite3 -lmd -lpam -ldl -lpthread
# What a fuzzer has beside those.
FUZZ_MORE_directory := tests/unit/fixture/fixture_directory.o tests/fuzz/damage.o
FUZZ_MORE_patch     := tests/unit/fixture/fixture_directory.o tests/unit/fixture/fixture_model.o tests/fuzz/damage.o tests/fuzz/quiet.o
FUZZ_MORE_request   := tests/unit/fixture/fixture.o tests/fuzz/quiet.o
FUZZ_MORE_backup    := tests/unit/fixture/fixture.o tests/fuzz/quiet.o
FUZZ_MORE_pam       := tests/unit/fixture/fixture_directory.o tests/unit/fixture/fake_nss.o tests/fuzz/quiet.o $(filter pam_coder/%,$(PAM_OBJS))
FUZZ_MORE_fleet_sync  := $(FLEET_PURE)
FUZZ_MORE_fleet_entry := $(FLEET_PURE)
FUZZ_MORE_fleet_text  := $(FLEET_PURE)
FUZZ_MORE_fleet_write := $(FLEET_PURE)
FUZZ_LIBS += $(if $(LDAP),-llber -lresolv)
# The module's entry points are the program's own: libpam loads a shim that leads to them.
FUZZ_LINK_pam       := -rdynamic -Wl,--wrap=ask_helper

fuzz_objects = $(sort tests/fuzz/fuzz_$(1).o $(FUZZ_OBJS) $(FUZZ_MORE_$(1)))

define FUZZER
$(T)/replay_$(1): $(TOBJ)/tests/fuzz/replay.o $(patsubst %,$(TOBJ)/%,$(call fuzz_objects,$(1)))
	$$(CC) $$(SANITIZE) $(FUZZ_LINK_$(1)) -pie -o $$@ $$^ $$(FUZZ_LIBS)
$(F)/fuzz_$(1): $(patsubst %,$(F)/obj/%,$(call fuzz_objects,$(1)))
	$$(FUZZ_CC) $$(SANITIZE) -fsanitize=fuzzer $(FUZZ_LINK_$(1)) -pie -o $$@ $$^ $$(FUZZ_LIBS)
endef
$(foreach name,$(FUZZERS),$(eval $(call FUZZER,$(name))))

# The same sources for libFuzzer, with a state folder of their own. Warnings are gcc's affair.
$(F)/obj/%.o: %.c $(B)/gen/migrations.h $(B)/gen/commonest.h
	@mkdir -p $(@D)
	$(FUZZ_CC) $(filter-out -W%,$(COMMON)) -w $(subst $(CURDIR)/$(T)/,$(CURDIR)/$(F)/,$(TESTPATHS)) \
	    -O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link -fPIC -fvisibility=hidden -MMD -MP -c -o $@ $<

$(T)/pam_shim.so $(F)/pam_shim.so: tests/fuzz/pam_shim.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) -O1 -fPIC -shared -o $@ $<

REPLAYS := $(FUZZERS:%=$(T)/replay_%) $(T)/pam_shim.so

.PHONY: check-fuzz fuzz fuzz-build
check-fuzz: $(REPLAYS)
	@rm -rf $(T)/state $(T)/run && mkdir -p $(T)/state $(B)/tap
	@failed=0; for name in $(FUZZERS); do \
	    $(T)/replay_$$name tests/fuzz/corpus/$$name >$(B)/tap/fuzz_$$name.tap 2>$(B)/tap/fuzz_$$name.err; \
	    status=$$?; good=$$(grep -c '^ok' $(B)/tap/fuzz_$$name.tap); \
	    echo "fuzz_$$name: $$good passed, $$(grep -c '^not ok' $(B)/tap/fuzz_$$name.tap) failed"; \
	    if [ $$status -ne 0 ]; then failed=1; cat $(B)/tap/fuzz_$$name.tap $(B)/tap/fuzz_$$name.err; fi; \
	done; exit $$failed

fuzz-build: $(FUZZERS:%=$(F)/fuzz_%) $(F)/pam_shim.so

fuzz: fuzz-build
	@mkdir -p $(F)/state
	@failed=0; for name in $(FUZZERS); do \
	    mkdir -p $(F)/found/$$name; \
	    $(F)/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=20 -print_final_stats=1 \
	        -artifact_prefix=$(F)/$$name- $(F)/found/$$name tests/fuzz/corpus/$$name \
	        >$(F)/$$name.log 2>&1 || { failed=1; tail -n 60 $(F)/$$name.log; }; \
	    echo "fuzz_$$name: $$(grep -oE 'cov: [0-9]+' $(F)/$$name.log | tail -n 1)," \
	        "$$(sed -n 's/^stat::number_of_executed_units: */executions: /p' $(F)/$$name.log)"; \
	done; exit $$failed

-include $(shell find $(F)/obj -name '*.d' 2>/dev/null)
