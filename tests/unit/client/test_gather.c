/* Tests of a listing that is read again after a broken link, while threads fetch what was gathered before. */
#include "gather.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_that_is_read_again_stays_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
