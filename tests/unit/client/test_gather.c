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

static struct plan_folder *folder_in(struct plan *plan, const struct plan_source *source, const char *name)
{
	const struct plan_entry entry = {.source = source, .parent = source->base, .name = span_of(name), .attributes_known = true};
	struct plan_folder *folder = NULL;
	struct plan_node *taken;

	assert_int_equal(plan_add_folder(plan, &entry, &folder, &taken), STATUS_OK);
	return folder;
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

static const char *place_in(const json_t *result)
{
	const char *path = json_string_value(json_object_get(result, "path"));

	return path ? path : "nowhere";
}

/* "PATH CODE" of each result, behind each other; of one that did not fail CODE is 0. */
static void stage_end(struct stage *stage, const char *expected)
{
	char told[300] = "";
	const char *rest = capture_end(&stage->told);
	size_t length;

	for (; *rest; rest += length) {
		length = strcspn(rest, "\n") + 1;
		json_t *result = json_loadb(rest, length, 0, NULL);
		assert_non_null(result);
		snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s %d\n", place_in(result),
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
	assert_true(plan_folders(stage.transfer.plan)->only_for_files);
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

static void what_becomes_no_file_is_told_once(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage);
	source_is(&stage, ENTRY_FOLDER, STATUS_OK);
	for (int i = 0; i < 3; i++) {
		meets(&stage, ENTRY_SYMLINK, "link");
		meets(&stage, ENTRY_OTHER, "pipe");
		meets(&stage, ENTRY_UNREADABLE, "secret");
		again(&stage);
	}
	assert_false(plan_folders(stage.transfer.plan)->holds);
	stage_end(&stage, "here/folder/link 0\nhere/folder/pipe 0\nhere/folder/secret 4\n");
}

/* Another source's word is one of its own. */
static void each_source_tells_what_becomes_no_file(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage);
	for (int source = 0; source < 2; source++) {
		again(&stage);
		meets(&stage, ENTRY_UNREADABLE, "secret");
		again(&stage);
		meets(&stage, ENTRY_UNREADABLE, "secret");
		stage.gather.source = add_source(stage.transfer.plan);
	}
	stage_end(&stage, "here/folder/secret 4\nhere/folder/secret 4\n");
}

static void what_can_be_read_at_last_is_fetched(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage);
	source_is(&stage, ENTRY_FOLDER, STATUS_OK);
	meets(&stage, ENTRY_UNREADABLE, "a");
	meets(&stage, ENTRY_SYMLINK, "b");
	again(&stage);
	meets(&stage, ENTRY_FILE, "a");
	meets(&stage, ENTRY_FOLDER, "b");
	meets(&stage, ENTRY_FILE, "b/c");
	again(&stage);
	meets(&stage, ENTRY_UNREADABLE, "a");
	assert_int_equal(atomic_load(&stage.counters.files_known), 2);
	stage_end(&stage, "here/folder/a 4\nhere/folder/b 0\n");
}

/* The rest of it is lost. */
static void what_cannot_be_read_any_more_is_told(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage);
	source_is(&stage, ENTRY_FOLDER, STATUS_OK);
	meets(&stage, ENTRY_FOLDER, "a");
	meets(&stage, ENTRY_SYMLINK, "b");
	for (int i = 0; i < 2; i++) {
		again(&stage);
		meets(&stage, ENTRY_UNREADABLE, "a");
		meets(&stage, ENTRY_UNREADABLE, "b");
	}
	stage_end(&stage, "here/folder/b 0\nhere/folder/a 4\nhere/folder/b 4\n");
}

static void a_folder_that_cannot_be_listed_is_told_once(void **state)
{
	struct plan_folder *folder;
	struct stage stage;

	(void)state;
	stage_begin(&stage);
	source_is(&stage, ENTRY_FOLDER, STATUS_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(gather_entry(&stage.gather, &(struct entry){.kind = ENTRY_FOLDER}, span_of("a"), &folder), STATUS_OK);
		assert_int_equal(gather_gives_up(&stage.gather, folder), i == 0);
		again(&stage);
	}
	stage_end(&stage, "");
}

static void what_lies_in_a_folder_of_too_long_a_path_is_told_with_it(void **state)
{
	char name[201], within[sizeof(name) + 2];
	struct stage stage;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	stage_begin(&stage);
	source_is(&stage, ENTRY_FOLDER, STATUS_OK);
	for (size_t length = 0; length + sizeof(name) < PATH_LENGTH_MAX; length += sizeof(name))
		stage.gather.source->base = folder_in(stage.transfer.plan, stage.gather.source, name);
	snprintf(within, sizeof(within), "%s/a", name);
	for (int i = 0; i < 2; i++) {
		stage.gather.pass++;
		meets(&stage, ENTRY_FOLDER, name);
		meets(&stage, ENTRY_FILE, within);
	}
	stage_end(&stage, "nowhere 9\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_that_is_read_again_stays_where_it_is),
		cmocka_unit_test(a_file_in_the_place_of_a_folder_is_told_once),
		cmocka_unit_test(what_lies_in_a_file_that_has_become_a_folder_is_told_with_it),
		cmocka_unit_test(what_lies_in_a_file_breaks_the_protocol),
		cmocka_unit_test(a_source_that_has_become_a_file_is_told),
		cmocka_unit_test(what_becomes_no_file_is_told_once),
		cmocka_unit_test(each_source_tells_what_becomes_no_file),
		cmocka_unit_test(what_can_be_read_at_last_is_fetched),
		cmocka_unit_test(what_cannot_be_read_any_more_is_told),
		cmocka_unit_test(a_folder_that_cannot_be_listed_is_told_once),
		cmocka_unit_test(what_lies_in_a_folder_of_too_long_a_path_is_told_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
