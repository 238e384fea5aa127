/* Replays a fuzz target's corpus, tests/fuzz/corpus/TARGET or the folder named, as a test: every input is survived. */
#include "target.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define INPUT_MAX 65536

static void replay_file(const char *folder, const char *name)
{
	static unsigned char bytes[INPUT_MAX];
	char path[4096];

	assert_true(snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path));
	FILE *file = fopen(path, "rbe");
	assert_non_null(file);
	size_t length = fread(bytes, 1, sizeof(bytes), file);
	assert_false(ferror(file));
	assert_true(length < sizeof(bytes));
	fclose(file);
	/* Where it dies, this line says of what. */
	print_message("%s\n", name);
	unsigned char *copy = target_copy(bytes, length);
	LLVMFuzzerTestOneInput(copy, length);
	free(copy);
}

static void replay(void **state)
{
	const char *folder = *state;
	DIR *inputs = opendir(folder);
	size_t count = 0;

	assert_non_null(inputs);
	for (struct dirent *entry; (entry = readdir(inputs)); count += entry->d_name[0] != '.') {
		if (entry->d_name[0] != '.')
			replay_file(folder, entry->d_name);
	}
	closedir(inputs);
	assert_true(count > 0);
}

int main(int argc, char **argv)
{
	char folder[4096], name[256];

	snprintf(folder, sizeof(folder), "tests/fuzz/corpus/%s", program_invocation_short_name);
	if (argc > 1)
		snprintf(folder, sizeof(folder), "%s", argv[1]);
	snprintf(name, sizeof(name), "corpus_of_%s_is_survived", program_invocation_short_name);
	const struct CMUnitTest tests[] = {{.name = name, .test_func = replay, .initial_state = folder}};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
