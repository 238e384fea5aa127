/* Tests of beneath against somebody who swaps a folder for a symlink that leads out, as fast as can be. */
/* Threats C2 and S2 of docs/security.md. */
#include "beneath.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "beneath_walk.h"
#include "clock.h"
#include "scratch.h"

#define OPENS 20000
#define CONTROL_LIMIT (20 * CLOCK_SECOND)

/* Two names below "root" change places: "spot", which is opened, and "other"; one is a folder, one a symlink. */
struct race {
	struct scratch scratch;
	int root;
	pthread_t flipper;
	atomic_bool stop;
	atomic_bool failed;
};

static void *flip(void *argument)
{
	struct race *race = argument;

	while (!atomic_load(&race->stop))
		if (renameat2(race->root, "spot", race->root, "other", RENAME_EXCHANGE) < 0)
			atomic_store(&race->failed, true);
	return NULL;
}

static int build(struct race *race)
{
	int top = race->scratch.folder;

	if (mkdirat(top, "root", 0755) < 0 || mkdirat(top, "root/spot", 0755) < 0 || mkdirat(top, "target", 0755) < 0)
		return -1;
	if (scratch_write(top, "root/spot/file", "inside") < 0 || scratch_write(top, "target/file", "outside") < 0)
		return -1;
	if (symlinkat("../target", top, "root/other") < 0)
		return -1;
	race->root = openat(top, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return race->root < 0 ? -1 : 0;
}

static int begin(void **state)
{
	static struct race race;

	*state = &race;
	if (scratch_make(&race.scratch) < 0 || build(&race) < 0)
		return -1;
	atomic_store(&race.stop, false);
	return pthread_create(&race.flipper, NULL, flip, &race) == 0 ? 0 : -1;
}

static int end(void **state)
{
	struct race *race = *state;

	atomic_store(&race->stop, true);
	pthread_join(race->flipper, NULL);
	close(race->root);
	return scratch_remove(&race->scratch) < 0 || atomic_load(&race->failed) ? -1 : 0;
}

/* Takes the descriptor; has it led out? */
static bool is_outside(int fd)
{
	char first = '?';
	ssize_t length = pread(fd, &first, 1, 0);

	close(fd);
	assert_int_equal(length, 1);
	return first != 'i';
}

/* OPENS times one way of opening: only what is inside, or a refusal, may come of it. */
static void assert_never_outside(struct race *race, enum status (*open)(int root, int *fd))
{
	size_t escapes = 0, opened = 0, refused = 0;

	for (size_t i = 0; i < OPENS; i++) {
		int fd;
		enum status status = open(race->root, &fd);
		if (status == STATUS_OK) {
			opened++;
			escapes += is_outside(fd);
			continue;
		}
		if (status != STATUS_SYMLINK && status != STATUS_BUSY)
			fail_msg("unexpected: %s", status_text(status));
		refused++;
	}
	print_message("opened %zu, refused %zu, escaped %zu\n", opened, refused, escapes);
	assert_int_equal(escapes, 0);
}

static enum status open_without_links(int root, int *fd)
{
	struct stat stat;

	return beneath_open_file(root, "spot/file", BENEATH_NO_SYMLINKS, fd, &stat);
}

static enum status open_with_links_inside(int root, int *fd)
{
	struct stat stat;

	return beneath_open_file(root, "spot/file", BENEATH_SYMLINKS_INSIDE, fd, &stat);
}

static enum status open_by_walking(int root, int *fd)
{
	return beneath_open_walk(root, "spot/file", O_RDONLY | O_NONBLOCK, 0, fd);
}

/* Opens the folder first, as a listing does, and the file within. */
static enum status open_in_folder(int root, int *fd)
{
	struct stat stat;
	int folder;
	enum status status = beneath_open_folder(root, "spot", BENEATH_SYMLINKS_INSIDE, &folder);

	if (status != STATUS_OK)
		return status;
	status = beneath_open_file(folder, "file", BENEATH_NO_SYMLINKS, fd, &stat);
	close(folder);
	return status;
}

/* Holds it, as requests for one file after the other do. */
static enum status open_in_held_folder(int root, int *fd)
{
	struct stat stat;
	int folder;
	enum status status = beneath_hold_folder(root, "spot", BENEATH_NO_SYMLINKS, &folder);

	if (status != STATUS_OK)
		return status;
	status = beneath_open_name(folder, "file", fd, &stat);
	close(folder);
	return status;
}

static enum status open_made_folder(int root, int *fd)
{
	int folder;
	bool made;
	enum status status = beneath_make_folder(root, "spot", 0777, &folder, &made);

	if (status != STATUS_OK)
		return status;
	status = beneath_open(folder, "file", O_RDWR, 0, fd);
	close(folder);
	return status;
}

static void openat2_never_leads_out(void **state)
{
	assert_never_outside(*state, open_without_links);
}

static void openat2_that_follows_links_never_leads_out(void **state)
{
	assert_never_outside(*state, open_with_links_inside);
}

static void the_walk_never_leads_out(void **state)
{
	assert_never_outside(*state, open_by_walking);
}

static void a_folder_that_was_opened_never_leads_out(void **state)
{
	assert_never_outside(*state, open_in_folder);
}

static void a_folder_that_is_held_never_leads_out(void **state)
{
	assert_never_outside(*state, open_in_held_folder);
}

static void a_folder_that_was_made_never_leads_out(void **state)
{
	assert_never_outside(*state, open_made_folder);
}

/* Shows that the race is real: who looks first and then opens by path is led out. */
static void a_look_followed_by_a_plain_open_leads_out(void **state)
{
	struct race *race = *state;
	int64_t limit = clock_now() + CONTROL_LIMIT;
	bool escaped = false;

	while (!escaped && clock_now() < limit) {
		struct stat stat;
		if (fstatat(race->root, "spot", &stat, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(stat.st_mode))
			continue;
		int fd = openat(race->root, "spot/file", O_RDONLY | O_CLOEXEC);
		escaped = fd >= 0 && is_outside(fd);
	}
	assert_true(escaped);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(openat2_never_leads_out, begin, end),
		cmocka_unit_test_setup_teardown(openat2_that_follows_links_never_leads_out, begin, end),
		cmocka_unit_test_setup_teardown(the_walk_never_leads_out, begin, end),
		cmocka_unit_test_setup_teardown(a_folder_that_was_opened_never_leads_out, begin, end),
		cmocka_unit_test_setup_teardown(a_folder_that_is_held_never_leads_out, begin, end),
		cmocka_unit_test_setup_teardown(a_folder_that_was_made_never_leads_out, begin, end),
		cmocka_unit_test_setup_teardown(a_look_followed_by_a_plain_open_leads_out, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
