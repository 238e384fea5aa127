/* Runs the cases of a hostile suite as tests of cmocka, which tests/run counts. */
#include "case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define THREATS "docs/security.md"
#define NAME_MAX_LENGTH 160

/* What cmocka hands to a test. */
struct performance {
	const struct hostile_suite *suite;
	const struct hostile_case *played;
	char name[NAME_MAX_LENGTH];
};

static void perform(void **state)
{
	const struct performance *performance = *state;

	performance->played->attack(performance->suite->stage, performance->played->argument);
}

/* A teardown runs also after a test that failed, and fails it too. */
static int look_afterwards(void **state)
{
	const struct hostile_suite *suite = ((const struct performance *)*state)->suite;

	if (suite->afterwards)
		suite->afterwards(suite->stage);
	return 0;
}

static size_t count_cases(const struct hostile_suite *suite)
{
	size_t count = 0;

	for (size_t i = 0; i < suite->table_count; i++)
		count += suite->tables[i].count;
	return count;
}

static void list_performances(const struct hostile_suite *suite, struct performance *performances)
{
	for (size_t i = 0; i < suite->table_count; i++) {
		for (size_t j = 0; j < suite->tables[i].count; j++, performances++) {
			const struct hostile_case *played = &suite->tables[i].cases[j];
			*performances = (struct performance){.suite = suite, .played = played};
			snprintf(performances->name, sizeof(performances->name), "%s_%s", played->threat, played->name);
		}
	}
}

static bool has_twin(const struct performance *performances, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (strcmp(performances[i].played->name, performances[index].played->name) == 0)
			return true;
	}
	return false;
}

/* A threat has a row that begins with its number. */
static bool is_known(const char *threat)
{
	FILE *file = fopen(THREATS, "r");
	char row[32], *line = NULL;
	size_t size = 0;
	bool found = false;

	snprintf(row, sizeof(row), "| %s |", threat);
	while (file && !found && getline(&line, &size, file) >= 0)
		found = strncmp(line, row, strlen(row)) == 0;
	free(line);
	if (file)
		fclose(file);
	return found;
}

static bool is_sound(const struct performance *performances, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct hostile_case *played = performances[i].played;
		bool twin = has_twin(performances, i);
		if (!twin && is_known(played->threat))
			continue;
		print_error("%s: %s\n", performances[i].name, twin ? "there are two of this name" : "no such threat in " THREATS);
		return false;
	}
	return true;
}

/* How many cases each threat has, in the order in which threats come. */
static void print_threats(const struct hostile_suite *suite, const struct performance *performances, size_t count)
{
	print_message("%zu cases %s:", count, suite->title);
	for (size_t i = 0; i < count; i++) {
		const char *threat = performances[i].played->threat;
		size_t before = 0, all = 0;
		for (size_t j = 0; j < count; j++) {
			bool same = strcmp(performances[j].played->threat, threat) == 0;
			all += same;
			before += same && j < i;
		}
		if (before == 0)
			print_message(" %s %zu", threat, all);
	}
	print_message("\n");
}

int hostile_run(const struct hostile_suite *suite, const char *filter)
{
	size_t count = count_cases(suite);
	struct performance *performances = calloc(count + 1, sizeof(*performances));
	struct CMUnitTest *tests = calloc(count + 1, sizeof(*tests));
	int failed = -1;

	if (!performances || !tests)
		goto done;
	list_performances(suite, performances);
	if (!is_sound(performances, count))
		goto done;
	for (size_t i = 0; i < count; i++) {
		tests[i] = (struct CMUnitTest){.name = performances[i].name, .test_func = perform, .teardown_func = look_afterwards,
		                               .initial_state = &performances[i]};
	}
	if (filter)
		cmocka_set_test_filter(filter);
	failed = _cmocka_run_group_tests(suite->title, tests, count, NULL, NULL);
	print_threats(suite, performances, count);
done:
	free(tests);
	free(performances);
	return failed;
}
