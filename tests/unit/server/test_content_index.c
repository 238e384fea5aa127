/* Tests of what contents hand to the digest index when they go, and get from it when they come. */
#include "content_fixture.h"

#include <sys/stat.h>

#include "file_system.h"

#define LONG_AGO 10 /* seconds: old enough to be remembered */

struct memory {
	struct fixture files;
	struct scratch folder;
	struct digest_index *index;
};

static void start_contents(struct memory *memory)
{
	int folder = open(memory->folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	struct digest_index_limits limits = {.files = 100, .bytes = 1 << 20};
	assert_int_equal(digest_index_new(folder, limits, &memory->index), STATUS_OK);
	assert_int_equal(contents_new(PLACES, memory->index, &memory->files.contents), STATUS_OK);
}

static void stop_contents(struct memory *memory)
{
	contents_free(memory->files.contents);
	digest_index_free(memory->index);
}

static int make_memory(void **state)
{
	struct memory *memory = calloc(1, sizeof(*memory));
	void *files;

	if (!memory || make_fixture(&files) < 0 || scratch_make(&memory->folder) < 0)
		return -1;
	memory->files = *(struct fixture *)files;
	free(files);
	contents_free(memory->files.contents);
	start_contents(memory);
	*state = memory;
	return 0;
}

static int release_memory(void **state)
{
	struct memory *memory = *state;

	stop_contents(memory);
	lanes_free(memory->files.lanes);
	int result = scratch_remove(&memory->files.scratch) | scratch_remove(&memory->folder);
	free(memory);
	return result;
}

/* A ctime can't be set: the content is told that the file is older than it is, and takes it for changed when it looks. */
static struct content *take_old(struct memory *memory, const char *name)
{
	struct version version;
	struct content *content = NULL;
	struct stat stat;
	int fd = openat(memory->files.scratch.folder, name, O_RDONLY | O_CLOEXEC);

	assert_int_equal(fstat(fd, &stat), 0);
	stat.st_ctim.tv_sec -= LONG_AGO;
	version_of_stat(memory->files.lanes, &stat, &version);
	assert_int_equal(contents_take(memory->files.contents, fd, &stat, &version, &content), STATUS_OK);
	return content;
}

static void remember(struct memory *memory, struct content *content, uint64_t piece)
{
	struct digest digest = digest_of((unsigned char)piece);

	assert_int_equal(content_remember(memory->files.contents, content, piece, &digest), STATUS_OK);
}

static bool knows(struct content *content, uint64_t piece)
{
	struct digest found, expected = digest_of((unsigned char)piece);

	return content_digest(content, piece, &found) && digest_equal(&found, &expected);
}

static void release(struct memory *memory, struct content *content)
{
	content_release(memory->files.contents, content);
}

static void what_is_known_at_the_end_is_known_at_the_next_start(void **state)
{
	struct memory *memory = *state;
	struct content *content = take_old(memory, "0");

	remember(memory, content, 1);
	release(memory, content);
	stop_contents(memory);
	start_contents(memory);
	content = take_old(memory, "0");
	assert_true(knows(content, 1));
	assert_false(knows(content, 0));
	release(memory, content);
}

static void what_makes_place_for_others_is_not_lost(void **state)
{
	struct memory *memory = *state;
	struct content *content = take_old(memory, "0");
	char name[] = "1";

	remember(memory, content, 1);
	release(memory, content);
	for (; name[0] <= '0' + PLACES; name[0]++)
		release(memory, take_old(memory, name));
	content = take_old(memory, "0");
	assert_true(knows(content, 1));
	release(memory, content);
}

static void the_index_forgets_a_file_that_changed(void **state)
{
	struct memory *memory = *state;
	struct content *content = take_old(memory, "0");

	for (uint64_t piece = 0; piece < FILE_PIECES; piece++)
		remember(memory, content, piece);
	assert_int_equal(content_check(memory->files.contents, content), STATUS_CHANGED);
	release(memory, content);
	content = take_old(memory, "0");
	assert_false(knows(content, 0));
	release(memory, content);
}

static void the_index_forgets_a_file_whose_digests_differ(void **state)
{
	struct memory *memory = *state;
	struct content *content = take_old(memory, "0");
	struct digest other = digest_of(9);

	for (uint64_t piece = 0; piece < FILE_PIECES; piece++)
		remember(memory, content, piece);
	assert_int_equal(content_remember(memory->files.contents, content, 1, &other), STATUS_CHANGED);
	release(memory, content);
	content = take_old(memory, "0");
	assert_false(knows(content, 0));
	release(memory, content);
}

/* Another thread takes the version before the index has forgotten it. */
static struct {
	struct memory *memory;
	struct content *content;
} meanwhile;

enum status __real_beneath_remove_name(int folder, const char *name);
enum status __wrap_beneath_remove_name(int folder, const char *name);

enum status __wrap_beneath_remove_name(int folder, const char *name)
{
	struct memory *memory = meanwhile.memory;

	if (memory) {
		meanwhile.memory = NULL;
		meanwhile.content = take_old(memory, "0");
		assert_true(knows(meanwhile.content, 0));
	}
	return __real_beneath_remove_name(folder, name);
}

static void what_the_index_is_about_to_forget_is_in_no_new_content(void **state)
{
	struct memory *memory = *state;
	struct content *content = take_old(memory, "0");
	struct digest other = digest_of(9);

	for (uint64_t piece = 0; piece < FILE_PIECES; piece++)
		remember(memory, content, piece);
	meanwhile.memory = memory;
	assert_int_equal(content_remember(memory->files.contents, content, 1, &other), STATUS_CHANGED);
	assert_null(meanwhile.memory);
	enum status status = content_refresh(meanwhile.content, 0, &other);
	release(memory, meanwhile.content);
	release(memory, content);
	assert_int_equal(status, STATUS_CHANGED);
}

static void a_fresh_digest_that_differs_is_all_that_is_left(void **state)
{
	struct memory *memory = *state;
	struct content *content = take_old(memory, "0");
	struct digest other = digest_of(9);

	for (uint64_t piece = 0; piece < FILE_PIECES; piece++)
		remember(memory, content, piece);
	assert_int_equal(content_refresh(content, 1, &other), STATUS_OK);
	release(memory, content);
	stop_contents(memory);
	start_contents(memory);
	content = take_old(memory, "0");
	for (uint64_t piece = 0; piece < FILE_PIECES; piece++)
		assert_false(knows(content, piece));
	release(memory, content);
}

static void a_lone_piece_is_not_worth_an_entry(void **state)
{
	struct memory *memory = *state;

	make_file(memory->files.scratch.folder, "1", PIECE_SIZE);
	struct content *content = take_old(memory, "1");
	remember(memory, content, 0);
	release(memory, content);
	stop_contents(memory);
	start_contents(memory);
	content = take_old(memory, "1");
	assert_false(knows(content, 0));
	release(memory, content);
}

static void only_file_systems_with_honest_times_are_remembered(void **state)
{
	struct memory *memory = *state;
	int process = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	assert_true(file_system_shows_changes(memory->folder.folder));
	assert_false(file_system_shows_changes(process));
	assert_false(file_system_shows_changes(-1));
	close(process);
}

#define REMEMBERING(test) cmocka_unit_test_setup_teardown(test, make_memory, release_memory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REMEMBERING(what_is_known_at_the_end_is_known_at_the_next_start),
		REMEMBERING(what_makes_place_for_others_is_not_lost),
		REMEMBERING(the_index_forgets_a_file_that_changed),
		REMEMBERING(the_index_forgets_a_file_whose_digests_differ),
		REMEMBERING(what_the_index_is_about_to_forget_is_in_no_new_content),
		REMEMBERING(a_fresh_digest_that_differs_is_all_that_is_left),
		REMEMBERING(a_lone_piece_is_not_worth_an_entry),
		REMEMBERING(only_file_systems_with_honest_times_are_remembered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
