/* Tests of what becomes of a file before it is fetched. */
#include "choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct expectation {
	enum place place;
	enum choice untold, told, too_large; /* TOO_LARGE is told, and larger than allowed */
};

static void assert_choices(struct transfer transfer, const struct expectation *expectations, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct plan_file file = {.size = 11};
		transfer.max_size = UINT64_MAX;
		assert_int_equal(choice_of(&transfer, &file, expectations[i].place), expectations[i].untold);
		file.node.attributes_known = true;
		assert_int_equal(choice_of(&transfer, &file, expectations[i].place), expectations[i].told);
		transfer.max_size = 11;
		assert_int_equal(choice_of(&transfer, &file, expectations[i].place), expectations[i].told);
		transfer.max_size = 10;
		assert_int_equal(choice_of(&transfer, &file, expectations[i].place), expectations[i].too_large);
	}
}

static void files_are_fetched_unless_they_may_be_here(void **state)
{
	static const struct expectation expectations[] = {
		{PLACE_FREE, CHOICE_FETCH, CHOICE_FETCH, CHOICE_SKIP},
		{PLACE_BEGUN, CHOICE_ASK, CHOICE_RECONCILE, CHOICE_SKIP},
		{PLACE_NOT_REGULAR, CHOICE_FETCH, CHOICE_FETCH, CHOICE_SKIP},
		{PLACE_OTHER, CHOICE_ASK, CHOICE_FETCH, CHOICE_SKIP},
		{PLACE_SAME, CHOICE_UNCHANGED, CHOICE_UNCHANGED, CHOICE_UNCHANGED},
	};

	(void)state;
	assert_choices((struct transfer){0}, expectations, COUNT(expectations));
}

static void what_exists_stays_where_nothing_is_replaced(void **state)
{
	static const struct expectation expectations[] = {
		{PLACE_FREE, CHOICE_FETCH, CHOICE_FETCH, CHOICE_SKIP},
		{PLACE_NOT_REGULAR, CHOICE_EXISTS, CHOICE_EXISTS, CHOICE_EXISTS},
		{PLACE_OTHER, CHOICE_ASK, CHOICE_EXISTS, CHOICE_EXISTS},
		{PLACE_SAME, CHOICE_UNCHANGED, CHOICE_UNCHANGED, CHOICE_UNCHANGED},
	};

	(void)state;
	assert_choices((struct transfer){.no_clobber = true}, expectations, COUNT(expectations));
}

static void dry_run_fetches_nothing(void **state)
{
	static const struct expectation expectations[] = {
		{PLACE_FREE, CHOICE_ASK, CHOICE_PLAN, CHOICE_SKIP},
		{PLACE_NOT_REGULAR, CHOICE_ASK, CHOICE_PLAN, CHOICE_SKIP},
		{PLACE_OTHER, CHOICE_ASK, CHOICE_PLAN, CHOICE_SKIP},
		{PLACE_SAME, CHOICE_UNCHANGED, CHOICE_UNCHANGED, CHOICE_UNCHANGED},
	};

	(void)state;
	assert_choices((struct transfer){.dry_run = true}, expectations, COUNT(expectations));
}

static void limit_of_size_asks_before_it_fetches(void **state)
{
	const struct transfer transfer = {.max_size = 10};
	const struct plan_file file = {.size = 0};

	(void)state;
	assert_int_equal(choice_of(&transfer, &file, PLACE_FREE), CHOICE_ASK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_fetched_unless_they_may_be_here),
		cmocka_unit_test(what_exists_stays_where_nothing_is_replaced),
		cmocka_unit_test(dry_run_fetches_nothing),
		cmocka_unit_test(limit_of_size_asks_before_it_fetches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
