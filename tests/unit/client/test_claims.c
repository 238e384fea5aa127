/* Tests of claims and of the question whether a folder folds case. Threat S3 of docs/security.md. */
#include "claims.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "folding.h"
#include "scratch.h"

/* Files are told apart by where they are, and never looked into. */
static const char files[4];
#define FILE_OF(i) ((const struct plan_file *)(const void *)&files[i])

static void expect_owner(struct claims *claims, const char *path, int file, int owner)
{
	const struct plan_file *found;

	assert_int_equal(claims_take(claims, path, FILE_OF(file), &found), STATUS_OK);
	assert_ptr_equal(found, FILE_OF(owner));
}

static void the_first_has_the_place(void **state)
{
	(void)state;
	static const char *const same[][2] = {
		{"folder/name", "Folder/NAME"},
		{"\xc3\xbc" "bung", "\xc3\x9c" "BUNG"},
		{"\xcf\x82", "\xcf\x83"}, /* both small sigmas */
		{"\xe2\x84\xaa", "k"}, /* the Kelvin sign */
		{"bad\xff\xc3", "BAD\xff\xc3"},
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct claims *claims;
		assert_int_equal(claims_new(&claims), STATUS_OK);
		expect_owner(claims, same[i][0], 0, 0);
		expect_owner(claims, same[i][1], 1, 0);
		expect_owner(claims, same[i][0], 0, 0);
		expect_owner(claims, same[i][1], 2, 0);
		claims_free(claims);
	}
}

static void other_names_are_other_places(void **state)
{
	(void)state;
	static const char *const different[] = {"a", "b", "ab", "a/b", "A_B", "\xc3\xa4", "a\xcc\x88", "\xff", "\xfe", "\xc3\xbf", ""};
	struct claims *claims;

	assert_int_equal(claims_new(&claims), STATUS_OK);
	for (size_t i = 0; i < sizeof(different) / sizeof(different[0]); i++) {
		const struct plan_file *file = (const struct plan_file *)(const void *)different[i], *owner;
		assert_int_equal(claims_take(claims, different[i], file, &owner), STATUS_OK);
		assert_ptr_equal(owner, file);
	}
	claims_free(claims);
}

static void make_file(const struct scratch *scratch, const char *name)
{
	assert_int_equal(scratch_write(scratch->folder, name, ""), 0);
}

/* Folders that fold have a story: no file system of this machine need be one. */
static void two_names_are_two_files_here(void **state)
{
	(void)state;
	struct scratch scratch;

	assert_int_equal(scratch_make(&scratch), 0);
	assert_int_equal(folding_probe(scratch.folder, "Name"), FOLDING_UNKNOWN);
	make_file(&scratch, "Name");
	assert_int_equal(folding_probe(scratch.folder, "Name"), FOLDING_NO);
	make_file(&scratch, "nAME");
	assert_int_equal(folding_probe(scratch.folder, "Name"), FOLDING_NO);
	assert_int_equal(scratch_remove(&scratch), 0);
}

static void digits_tell_nothing(void **state)
{
	(void)state;
	struct scratch scratch;

	assert_int_equal(scratch_make(&scratch), 0);
	make_file(&scratch, "123");
	assert_int_equal(folding_probe(scratch.folder, "123"), FOLDING_UNKNOWN);
	assert_int_equal(folding_probe(scratch.folder, "\xc3\xa4"), FOLDING_UNKNOWN);
	assert_int_equal(scratch_remove(&scratch), 0);
}

/* As it looks from outside: what was asked for in other case is there, and no other name. */
static void one_name_that_answers_to_both_is_folded(void **state)
{
	(void)state;
	struct scratch scratch;

	assert_int_equal(scratch_make(&scratch), 0);
	make_file(&scratch, "nAME");
	assert_int_equal(folding_probe(scratch.folder, "Name"), FOLDING_YES);
	assert_int_equal(scratch_remove(&scratch), 0);
}

static void a_folder_that_cannot_be_asked_is_unknown(void **state)
{
	(void)state;
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(folding_probe(pipes[0], "Name"), FOLDING_UNKNOWN);
	close(pipes[0]);
	close(pipes[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_has_the_place),
		cmocka_unit_test(other_names_are_other_places),
		cmocka_unit_test(two_names_are_two_files_here),
		cmocka_unit_test(digits_tell_nothing),
		cmocka_unit_test(one_name_that_answers_to_both_is_folded),
		cmocka_unit_test(a_folder_that_cannot_be_asked_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
