/* Tests of destinations: what -d and -o name, what is made, what is refused, and with which code. */
/* Threat S2 of docs/security.md. */
#include "destination.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "own_stream.h"
#include "scratch.h"

/* Every test runs with a scratch folder as its current one. */
struct place {
	struct scratch scratch;
	int before;
};

static int enter(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	*state = place;
	if (!place || scratch_make(&place->scratch) < 0)
		return -1;
	place->before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return place->before >= 0 && fchdir(place->scratch.folder) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	struct place *place = *state;
	int result = fchdir(place->before);

	close(place->before);
	if (scratch_remove(&place->scratch) < 0)
		result = -1;
	free(place);
	return result;
}

static struct destination open_well(const char *directory, const char *output)
{
	struct destination destination;
	struct failure failure;

	assert_int_equal(destination_open(directory, output, DESTINATION_SYNC, &destination, &failure), STATUS_OK);
	return destination;
}

static void refused_with(const char *directory, const char *output, enum exit_code code, const char *word)
{
	struct destination destination;
	struct failure failure = {.code = EXIT_OK};
	int next = scratch_next_descriptor();

	assert_int_not_equal(destination_open(directory, output, DESTINATION_SYNC, &destination, &failure), STATUS_OK);
	assert_int_equal(failure.code, code);
	if (!strstr(failure.text, word))
		fail_msg("'%s' does not name '%s'", failure.text, word);
	assert_int_equal(scratch_next_descriptor(), next);
}

static bool is_folder(int folder, const char *path)
{
	struct stat stat;

	return fstatat(folder, path, &stat, 0) == 0 && S_ISDIR(stat.st_mode);
}

/* Does FOLDER lead to PATH? */
static bool is_at(int folder, const char *path)
{
	struct stat one, other;

	return fstat(folder, &one) == 0 && stat(path, &other) == 0 && one.st_ino == other.st_ino;
}

static void without_options_files_land_in_the_current_folder(void **state)
{
	struct destination destination = open_well(NULL, NULL);

	(void)state;
	assert_true(is_at(destination.folder, "."));
	assert_string_equal(destination.shown, "");
	assert_null(destination.name);
	assert_null(destination.outlet);
	destination_close(&destination);
}

static void a_folder_is_made_with_its_parents(void **state)
{
	static const char *const folders[] = {"a/b/c", "d//e/", "./f", "g/../h/./i"};

	(void)state;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		struct destination destination = open_well(folders[i], NULL);
		assert_true(is_at(destination.folder, folders[i]));
		assert_string_equal(destination.shown, folders[i]);
		destination_close(&destination);
	}
	assert_true(is_folder(AT_FDCWD, "g"));
}

static void a_folder_may_be_reached_through_symlinks(void **state)
{
	(void)state;
	assert_int_equal(mkdir("real", 0700), 0);
	assert_int_equal(symlink("real", "link"), 0);
	struct destination destination = open_well("link/below", NULL);
	assert_true(is_folder(AT_FDCWD, "real/below"));
	destination_close(&destination);
}

static void a_folder_that_cannot_be_is_a_local_failure(void **state)
{
	struct place *place = *state;

	assert_int_equal(scratch_write(place->scratch.folder, "file", ""), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	refused_with("file", NULL, EXIT_LOCAL, "file");
	refused_with("file/below", NULL, EXIT_LOCAL, "file");
	refused_with("dangling/below", NULL, EXIT_LOCAL, "dangling");
	refused_with("", NULL, EXIT_USAGE, "-d");
}

static void a_file_is_named_in_its_folder(void **state)
{
	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	struct destination destination = open_well(NULL, "folder/name");
	assert_true(is_at(destination.folder, "folder"));
	assert_string_equal(destination.shown, "folder");
	assert_string_equal(destination.name, "name");
	destination_close(&destination);
	destination = open_well(NULL, "name");
	assert_true(is_at(destination.folder, "."));
	destination_close(&destination);
	destination = open_well(NULL, "/name-that-nobody-has");
	assert_true(is_at(destination.folder, "/"));
	assert_string_equal(destination.shown, "/");
	destination_close(&destination);
}

static void a_file_is_taken_inside_the_folder_of_d(void **state)
{
	(void)state;
	struct destination destination = open_well("made", "name");
	assert_true(is_at(destination.folder, "made"));
	assert_string_equal(destination.name, "name");
	destination_close(&destination);
	assert_int_equal(mkdir("made/below", 0700), 0);
	destination = open_well("made", "below/name");
	assert_string_equal(destination.shown, "made/below");
	destination_close(&destination);
}

static void the_folder_of_a_file_has_to_be_there(void **state)
{
	(void)state;
	refused_with(NULL, "missing/name", EXIT_LOCAL, "missing/name");
	refused_with("made", "missing/name", EXIT_LOCAL, "missing/name");
}

static void below_the_folder_of_d_no_symlink_is_followed(void **state)
{
	(void)state;
	assert_int_equal(mkdir("outside", 0700), 0);
	assert_int_equal(mkdir("inside", 0700), 0);
	assert_int_equal(symlink("../outside", "inside/link"), 0);
	refused_with("inside", "link/name", EXIT_LOCAL, "link/name");
	struct destination destination = open_well(NULL, "inside/link/name");
	assert_true(is_at(destination.folder, "outside"));
	destination_close(&destination);
}

static void what_names_no_file_is_a_usage_error(void **state)
{
	static const char *const outputs[] = {"", "folder/", "..", "."};

	(void)state;
	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++)
		refused_with(NULL, outputs[i], EXIT_USAGE, "-d");
	refused_with("made", "/absolute", EXIT_USAGE, "/absolute");
	refused_with("made", "../name", EXIT_USAGE, "../name");
	assert_false(is_folder(AT_FDCWD, "made"));
}

static void a_folder_is_no_place_for_a_file(void **state)
{
	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(symlink("folder", "link"), 0);
	refused_with(NULL, "folder", EXIT_USAGE, "-d");
	refused_with(NULL, "link", EXIT_USAGE, "-d");
	refused_with(".", "folder", EXIT_USAGE, "-d");
}

static void files_and_symlinks_are_names_to_be_replaced(void **state)
{
	struct place *place = *state;
	static const char *const outputs[] = {"file", "link", "dangling"};

	assert_int_equal(scratch_write(place->scratch.folder, "file", ""), 0);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		struct destination destination = open_well(NULL, outputs[i]);
		assert_null(destination.outlet);
		assert_string_equal(destination.name, outputs[i]);
		destination_close(&destination);
	}
}

static void a_device_is_written_directly(void **state)
{
	(void)state;
	struct destination destination = open_well(NULL, "/dev/null");
	assert_non_null(destination.outlet);
	assert_false(outlet_is_ordered(destination.outlet));
	assert_string_equal(destination.shown, "/dev/null");
	destination_close(&destination);
	destination = open_well(NULL, "/dev/full");
	assert_true(outlet_is_ordered(destination.outlet));
	destination_close(&destination);
}

static void a_fifo_is_written_directly(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	int reader = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct destination destination = open_well(".", "fifo");
	assert_true(outlet_is_ordered(destination.outlet));
	destination_close(&destination);
	close(reader);
}

static void standard_output_has_no_name(void **state)
{
	(void)state;
	struct destination destination = open_well(NULL, "-");
	assert_non_null(destination.outlet);
	assert_null(destination.shown);
	destination_close(&destination);
	assert_true(fcntl(STDOUT_FILENO, F_GETFD) >= 0);
}

static void a_stream_of_ours_is_written_as_it_is(void **state)
{
	char target[40];
	int held = open("held", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_true(held >= 0);
	snprintf(target, sizeof(target), "/proc/self/fd/%d", held);
	assert_int_equal(symlink(target, "stream"), 0);
	struct destination destination = open_well(NULL, "stream");
	outlet_gather(destination.outlet, 0, "x", 1);
	assert_int_equal(outlet_release(destination.outlet, 1), STATUS_OK);
	assert_string_equal(destination.shown, "stream");
	destination_close(&destination);
	assert_int_equal(lseek(held, 0, SEEK_CUR), 1);
	assert_int_equal(destination_stream(NULL, target), held);
	assert_int_equal(destination_stream(NULL, "held"), OWN_STREAM_NONE);
	/* Below a folder that -d names a symlink is a name to be replaced. */
	destination = open_well(".", "stream");
	assert_null(destination.outlet);
	destination_close(&destination);
	close(held);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(without_options_files_land_in_the_current_folder),
		IN_PLACE(a_folder_is_made_with_its_parents),
		IN_PLACE(a_folder_may_be_reached_through_symlinks),
		IN_PLACE(a_folder_that_cannot_be_is_a_local_failure),
		IN_PLACE(a_file_is_named_in_its_folder),
		IN_PLACE(a_file_is_taken_inside_the_folder_of_d),
		IN_PLACE(the_folder_of_a_file_has_to_be_there),
		IN_PLACE(below_the_folder_of_d_no_symlink_is_followed),
		IN_PLACE(what_names_no_file_is_a_usage_error),
		IN_PLACE(a_folder_is_no_place_for_a_file),
		IN_PLACE(files_and_symlinks_are_names_to_be_replaced),
		IN_PLACE(a_device_is_written_directly),
		IN_PLACE(a_fifo_is_written_directly),
		IN_PLACE(standard_output_has_no_name),
		IN_PLACE(a_stream_of_ours_is_written_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
