/* Tests of seals: every place gets the digest of its own leaf, in time and once. */
#include "seals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* More than one batch, and a rest. */
#define FILES (2 * LANES_BATCH + 5)

struct answers {
	char leaves[FILES][64];
	struct digest roots[FILES];
	struct digest trailers[FILES];
};

static struct lanes *new_lanes(void)
{
	struct lanes *lanes;

	assert_int_equal(lanes_new(LANES_BEST, &lanes), STATUS_OK);
	return lanes;
}

static void assert_sealed(struct lanes *lanes, const struct answers *answers, size_t count)
{
	struct digest expected;

	for (size_t i = 0; i < count; i++) {
		const struct lane leaf = {.bytes = answers->leaves[i], .length = strlen(answers->leaves[i]), .digest = &expected};
		lanes_sha256(lanes, &leaf, 1);
		assert_memory_equal(&answers->roots[i], &expected, sizeof(expected));
		assert_memory_equal(&answers->trailers[i], &expected, sizeof(expected));
	}
}

static void every_answer_gets_the_digest_of_its_own_leaf(void **state)
{
	struct lanes *lanes = new_lanes();
	struct answers answers = {0};
	struct seals seals = {0};

	(void)state;
	for (size_t i = 0; i < FILES; i++) {
		int length = snprintf(answers.leaves[i], sizeof(answers.leaves[i]), "%zu%0*d", i, (int)(i % 40 + 1), 0);
		struct span leaf = {.bytes = (unsigned char *)answers.leaves[i], .length = (size_t)length};
		seals_add(&seals, lanes, leaf, answers.roots[i].bytes, answers.trailers[i].bytes);
	}
	assert_sealed(lanes, &answers, 2 * LANES_BATCH);
	seals_fill(&seals, lanes);
	assert_sealed(lanes, &answers, FILES);
	lanes_free(lanes);
}

static void what_was_filled_is_left_alone(void **state)
{
	struct lanes *lanes = new_lanes();
	unsigned char root[32] = {0}, trailer[32] = {0};
	const unsigned char zeros[32] = {0};
	struct seals seals = {0};

	(void)state;
	seals_add(&seals, lanes, (struct span){.bytes = (const unsigned char *)"leaf", .length = 4}, root, trailer);
	seals_fill(&seals, lanes);
	assert_memory_not_equal(root, zeros, sizeof(root));
	memset(root, 0, sizeof(root));
	seals_fill(&seals, lanes);
	assert_memory_equal(root, zeros, sizeof(root));
	lanes_free(lanes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_answer_gets_the_digest_of_its_own_leaf),
		cmocka_unit_test(what_was_filled_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
