# Piezo.  `make` builds build/piezo; `make help` lists the rest.
#
# Objects land in $(BUILD)/obj under the path of their source.  Generated C (protobuf messages) is made into $(BUILD)/gen,
# third-party sources and libraries come from deps/ (tools/setup.sh, deps.lock).

BUILD   ?= build
CC      ?= gcc
OPT     ?= -O2 -g
WARN    := -Wall -Wextra -Wshadow
SAN     :=
ARGS    ?=
T       ?=
MAKEFLAGS += --no-builtin-rules

ifeq ($(origin CC),default)
CC := gcc
endif

# ---- what is compiled -----------------------------------------------------------------------------------------------
SRC     := $(sort $(wildcard src/*/*.c src/engine/functions/*.c))
PROTOS  := $(sort $(wildcard proto/spark/connect/*.proto proto/google/rpc/*.proto))
GEN_C   := $(patsubst proto/%.proto,$(BUILD)/gen/%.pb-c.c,$(PROTOS)) \
           $(BUILD)/gen/google/protobuf/any.pb-c.c $(BUILD)/gen/google/protobuf/timestamp.pb-c.c
NANO    := deps/nanoarrow
THIRD   := $(addprefix $(NANO)/src/nanoarrow/,common/array.c common/array_stream.c common/schema.c common/utils.c \
                ipc/codecs.c ipc/decoder.c ipc/encoder.c ipc/reader.c ipc/writer.c) \
           $(addprefix $(NANO)/flatcc/src/runtime/,builder.c emitter.c refmap.c verifier.c) \
           $(addprefix $(NANO)/lz4/,lz4.c lz4frame.c lz4hc.c xxhash.c)
UNIT_C  := $(sort $(wildcard tests/unit/test_*.c))
FUZZ_C  := $(sort $(wildcard tests/fuzz/fuzz_*.c))

OBJ     := $(SRC:%.c=$(BUILD)/obj/%.o)
LIB_OBJ := $(filter-out $(BUILD)/obj/src/server/main.o,$(OBJ))
GEN_OBJ := $(GEN_C:$(BUILD)/gen/%.c=$(BUILD)/obj/gen/%.o)
THIRD_OBJ := $(THIRD:%.c=$(BUILD)/obj/%.o)
UNIT    := $(UNIT_C:tests/unit/%.c=$(BUILD)/tests/%)
FUZZ    := $(FUZZ_C:tests/fuzz/%.c=$(BUILD)/tests/%)

# ---- flags ----------------------------------------------------------------------------------------------------------
INC     := -Isrc -Iinclude -isystem $(BUILD)/gen -isystem deps/duckdb -isystem $(NANO)/src -isystem $(NANO)/flatcc/include -isystem $(NANO)/lz4
DEFS    := -D_GNU_SOURCE= -DNANOARROW_IPC_WITH_ZSTD -DNANOARROW_IPC_WITH_LZ4
CFLAGS_ALL   := -std=gnu11 $(OPT) $(WARN) $(SAN) -fPIC -pthread $(DEFS) $(INC) $(CFLAGS)
CFLAGS_THIRD := -std=gnu11 $(OPT) $(SAN) -fPIC -pthread -w $(DEFS) $(INC) -isystem $(NANO)/lz4 $(CFLAGS)
LDFLAGS_ALL  := $(SAN) -pthread -Ldeps/duckdb -Wl,-rpath,'$$ORIGIN:$$ORIGIN/../deps/duckdb' $(LDFLAGS)
LIBS    := -lduckdb -lgrpc -lgpr -lprotobuf-c -lpcre2-8 -lzstd -lz -lbz2 -llzma -lsnappy -lcrypto -licui18n -licuuc -lm

# ---- everyday verbs -------------------------------------------------------------------------------------------------
.DEFAULT_GOAL := all
.PHONY: all help run test bench asan format clean distclean tables setup gen unit
.SECONDARY:
.DELETE_ON_ERROR:

all: $(BUILD)/piezo                     ## build the server (default)

help:                                   ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

run: all                                ## run it: make run ARGS="--port 15010"
	$(BUILD)/piezo serve $(ARGS)

test: all unit                          ## all tests, or one suite: make test T=unit, T=sql/joins
	@tools/setup.sh tests
	@BUILD=$(BUILD) deps/venv/bin/python tools/run_tests.py $(T)

bench: all                              ## benchmarks against DuckDB native (and Sail, Spark when installed)
	@tools/setup.sh tests
	@BUILD=$(BUILD) deps/venv/bin/python bench/run.py $(ARGS_BENCH)

asan:                                   ## build-asan/piezo, with address and undefined-behaviour sanitizers
	@$(MAKE) BUILD=build-asan OPT="-O1 -g -fno-omit-frame-pointer" SAN="-fsanitize=address,undefined" all unit

format:                                 ## lay out our C files (needs clang-format)
	clang-format -i $(SRC) $(sort $(wildcard src/*/*.h tests/unit/*.c tests/fuzz/*.c))

tables:                                 ## check the tables and the direction of includes
	@python3 tools/check_includes
	@if [ -x tools/check_tables ]; then tools/check_tables; fi

clean:                                  ## remove what was built
	rm -rf build build-asan

distclean: clean                        ## and what was fetched
	rm -rf deps

setup: deps/.ready                      ## fetch what is missing
gen: $(BUILD)/gen/.made                 ## generate protobuf messages
unit: $(UNIT) $(FUZZ)

# ---- set-up and generated sources -----------------------------------------------------------------------------------
deps/.ready: deps.lock tools/setup.sh tools/fetch_pypi.py
	@tools/setup.sh
	@touch $@

# One protoc-c run makes all messages; every object waits for it, none is rebuilt only because the stamp is newer.
$(BUILD)/gen/.made: $(PROTOS) | deps/.ready
	@mkdir -p $(BUILD)/gen/nanoarrow
	@printf '%s\n' '#define NANOARROW_VERSION_MAJOR 0' '#define NANOARROW_VERSION_MINOR 9' '#define NANOARROW_VERSION_PATCH 0' \
	    '#define NANOARROW_VERSION "0.9.0"' \
	    '#define NANOARROW_VERSION_INT (NANOARROW_VERSION_MAJOR * 10000 + NANOARROW_VERSION_MINOR * 100 + NANOARROW_VERSION_PATCH)' \
	    > $(BUILD)/gen/nanoarrow/nanoarrow_config.h
	protoc-c -I proto -I /usr/include --c_out=$(BUILD)/gen $(PROTOS) google/protobuf/any.proto google/protobuf/timestamp.proto
	@touch $@
$(GEN_C): $(BUILD)/gen/.made ;
$(THIRD): | deps/.ready ;

# ---- objects --------------------------------------------------------------------------------------------------------
$(BUILD)/obj/src/%.o: src/%.c | $(BUILD)/gen/.made
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_THIRD) -c $< -o $@

$(BUILD)/obj/deps/%.o: deps/%.c | $(BUILD)/gen/.made
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_THIRD) -c $< -o $@

$(BUILD)/libpiezo_core.a: $(LIB_OBJ) $(GEN_OBJ) $(THIRD_OBJ)
	@rm -f $@
	ar qcs $@ $^

# ---- programs -------------------------------------------------------------------------------------------------------
$(BUILD)/piezo: $(BUILD)/obj/src/server/main.o $(BUILD)/libpiezo_core.a
	$(CC) $(LDFLAGS_ALL) -o $@ $< -Wl,--whole-archive $(BUILD)/libpiezo_core.a -Wl,--no-whole-archive $(LIBS)

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libpiezo_core.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -MMD -MP $(LDFLAGS_ALL) -Wl,-rpath,'$$ORIGIN/../../deps/duckdb' -o $@ $< $(BUILD)/libpiezo_core.a -lcmocka $(LIBS)

$(BUILD)/tests/%: tests/fuzz/%.c $(BUILD)/libpiezo_core.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -MMD -MP $(LDFLAGS_ALL) -Wl,-rpath,'$$ORIGIN/../../deps/duckdb' -o $@ $< $(BUILD)/libpiezo_core.a $(LIBS)

-include $(OBJ:.o=.d) $(addsuffix .d,$(UNIT) $(FUZZ))
