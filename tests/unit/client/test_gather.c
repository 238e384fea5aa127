/* Tests of a listing that is read again after a broken link: threads fetch what was gathered before, and names may have changed. */
#include "gather.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "capture.h"
#include "path.h"

#define READINGS 1000

struct reading {
	const struct plan_node *node;
	atomic_bool begun, over;
	bool moved;
};

static void *ask_where_it_is(void *argument)
{
	struct reading *reading = argument;
	char below[PLAN_PATH_SIZE];

	do {
		reading->moved |= strcmp(plan_below(reading->node, below), "file") != 0;
		atomic_store(&reading->begun, true);
	} while (!atomic_load(&reading->over));
	return NULL;
}

static struct plan_source *add_source(struct plan *plan)
{
	char host[] = "host", path[] = "folder";
	const struct url url = {.host = host, .port = 7440, .path = path};
	struct plan_source *source = NULL;
	struct plan_node *taken;

	assert_int_equal(plan_add_source(plan, &url, NULL, &source, &taken), STATUS_OK);
	return source;
}

static struct plan_file *add_file(struct plan *plan, struct plan_source *source)
{
	const struct plan_entry entry = {.source = source, .parent = source->base, .name = span_of("file"), .attributes_known = true};
	struct plan_file *file = NULL;
	struct plan_node *taken;

	assert_int_equal(plan_add_file(plan, &entry, &file, &taken), STATUS_OK);
	return file;
}

/* ThreadSanitizer sees what is written, be it the same. */
static void a_source_that_is_read_again_stays_where_it_is(void **state)
{
	const struct file folder = {.kind = ENTRY_FOLDER};
	struct transfer transfer = {.jobs = 1};
	struct gather gather = {.transfer = &transfer};
	pthread_t worker;

	(void)state;
	assert_int_equal(plan_new(&transfer.plan), STATUS_OK);
	gather.source = add_source(transfer.plan);
	assert_int_equal(gather_source(&gather, &folder), STATUS_OK);
	struct plan_folder *base = gather.source->base;
	assert_ptr_not_equal(base, gather.source->parent);
	struct reading reading = {.node = &add_file(transfer.plan, gather.source)->node};
	assert_int_equal(pthread_create(&worker, NULL, ask_where_it_is, &reading), 0);
	while (!atomic_load(&reading.begun))
		sched_yield();
	for (int i = 0; i < READINGS; i++) {
		gather.pass++;
		assert_int_equal(gather_source(&gather, &folder), STATUS_OK);
	}
	atomic_store(&reading.over, true);
	assert_int_equal(pthread_join(worker, NULL), 0);
	assert_false(reading.moved);
	assert_ptr_equal(gather.source->base, base);
	plan_free(transfer.plan);
}

/* --- What is told -------------------------------------------------------------------------------------------------- */

/* A run that is told of entries, and does nothing about them. */
struct stage {
	struct transfer transfer;
	struct destination destination;
	struct progress_counters counters;
	struct filter filter;
	struct gather gather;
	struct capture told;
};

static void stage_begin(struct stage *stage)
{
	*stage = (struct stage){.destination.folder = -1};
	stage->destination.shown = strdup("here");
	assert_non_null(stage->destination.shown);
	stage->transfer = (struct transfer){.destination = &stage->destination, .filter = &stage->filter, .counters = &stage->counters};
	assert_int_equal(report_new(REPORT_JSON, -1, NULL, &stage->transfer.report), STATUS_OK);
	assert_int_equal(plan_new(&stage->transfer.plan), STATUS_OK);
	stage->gather = (struct gather){.transfer = &stage->transfer, .source = add_source(stage->transfer.plan), .held = true, .pass = 1};
	capture_start(&stage->told, STDOUT_FILENO);
}

/* "PATH CODE" of each result, behind each other; of one that did not fail CODE is 0. */
static void stage_end(struct stage *stage, const char *expected)
{
	char told[1000] = "";
	const char *rest = capture_end(&stage->told);
	size_t length;

	for (; *rest; rest += length) {
		length = strcspn(rest, "\n") + 1;
		json_t *result = json_loadb(rest, length, 0, NULL);
		assert_non_null(result);
		snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s %d\n", json_string_value(json_object_get(result, "path")),
			(int)json_integer_value(json_object_get(json_object_get(result, "error"), "code")));
		json_decref(result);
	}
	plan_free(stage->transfer.plan);
	report_free(stage->transfer.report);
	free(stage->destination.shown);
	assert_string_equal(told, expected);
}

static void source_is(struct stage *stage, enum entry_kind kind, enum status status)
{
	assert_int_equal(gather_source(&stage->gather, &(struct file){.kind = kind}), status);
}

static enum status gather_kind(struct stage *stage, enum entry_kind kind, const char *below)
{
	struct plan_folder *folder;

	return gather_entry(&stage->gather, &(struct entry){.kind = kind, .reason = ERROR_REFUSED}, span_of(below), &folder);
}

static void meets(struct stage *stage, enum entry_kind kind, const char *below)
{
	assert_int_equal(gather_kind(stage, kind, below), STATUS_OK);
}

/* The listing is read from its beginning. */
static void again(struct stage *stage)
{
	stage->gather.pass++;
	source_is(stage, ENTRY_FOLDER, STATUS_OK);
}

static void a_file_in_the_place_of_a_folder_is_told_once(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage);
	source_is(&stage, ENTRY_FOLDER, STATUS_OK);
	meets(&stage, ENTRY_FOLDER, "a");
	for (int i = 0; i < 3; i++) {
		again(&stage);
		meets(&stage, ENTRY_FILE, "a");
	}
	/* What is no folder any more is not made. */
	assert_true(plan_folders(stage.transfer.plan)->needless);
	stage_end(&stage, "here/folder/a 8\n");
}

static void what_lies_in_a_file_that_has_become_a_folder_is_told_with_it(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage);
	source_is(&stage, ENTRY_FOLDER, STATUS_OK);
	meets(&stage, ENTRY_FILE, "a");
	for (int i = 0; i < 3; i++) {
		again(&stage);
		meets(&stage, ENTRY_FOLDER, "a");
		meets(&stage, ENTRY_FOLDER, "a/b");
		meets(&stage, ENTRY_FILE, "a/b/c");
	}
	stage_end(&stage, "here/folder/a 8\n");
}

static void what_lies_in_a_file_breaks_the_protocol(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage);
	source_is(&stage, ENTRY_FOLDER, STATUS_OK);
	meets(&stage, ENTRY_FILE, "a");
	assert_int_equal(gather_kind(&stage, ENTRY_FILE, "a/b"), STATUS_PROTOCOL);
	again(&stage);
	meets(&stage, ENTRY_FILE, "a");
	assert_int_equal(gather_kind(&stage, ENTRY_FILE, "a/b"), STATUS_PROTOCOL);
	stage_end(&stage, "");
}

static void a_source_that_has_become_a_file_is_told(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage);
	source_is(&stage, ENTRY_FOLDER, STATUS_OK);
	stage.gather.pass++;
	source_is(&stage, ENTRY_FILE, STATUS_END);
	stage_end(&stage, "here/folder 8\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_that_is_read_again_stays_where_it_is),
		cmocka_unit_test(a_file_in_the_place_of_a_folder_is_told_once),
		cmocka_unit_test(what_lies_in_a_file_that_has_become_a_folder_is_told_with_it),
		cmocka_unit_test(what_lies_in_a_file_breaks_the_protocol),
		cmocka_unit_test(a_source_that_has_become_a_file_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
