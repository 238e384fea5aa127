/* Tests of what opens below a root and what does not: one table for openat2, for the walk and for kernels without openat2. */
/* Threats C3 and C4 of docs/security.md. */
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "beneath_walk.h"
#include "forbid.h"
#include "path.h"
#include "scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define NAME_255 FIFTY FIFTY FIFTY FIFTY FIFTY "01234"
#define DEPTH_8 "d/d/d/d/d/d/d/d"
#define DEPTH_64 DEPTH_8 "/" DEPTH_8 "/" DEPTH_8 "/" DEPTH_8 "/" DEPTH_8 "/" DEPTH_8 "/" DEPTH_8 "/" DEPTH_8
#define NOT_OPENED (-7)

struct expectation {
	const char *path;
	enum status no_links; /* and always where links are never followed */
	enum status inside;
};

/* Files inside begin with 'i', those outside with 'o'. */
static const struct expectation files[] = {
	{"file", STATUS_OK, STATUS_OK},
	{"folder/deep", STATUS_OK, STATUS_OK},
	{NAME_255, STATUS_OK, STATUS_OK},
	{"odd\n\x01\xff", STATUS_OK, STATUS_OK},
	/* Not a regular file; nothing of this may block. */
	{"", STATUS_NOT_REGULAR, STATUS_NOT_REGULAR},
	{"folder", STATUS_NOT_REGULAR, STATUS_NOT_REGULAR},
	{"fifo", STATUS_NOT_REGULAR, STATUS_NOT_REGULAR},
	{"socket", STATUS_NOT_REGULAR, STATUS_NOT_REGULAR},
	/* Not there, not a folder, not allowed. */
	{"nothing", STATUS_NOT_FOUND, STATUS_NOT_FOUND},
	{"folder/nothing", STATUS_NOT_FOUND, STATUS_NOT_FOUND},
	{"nothing/below", STATUS_NOT_FOUND, STATUS_NOT_FOUND},
	{"file/below", STATUS_NOT_FOLDER, STATUS_NOT_FOLDER},
	{"fifo/below", STATUS_NOT_FOLDER, STATUS_NOT_FOLDER},
	{"unreadable", STATUS_REFUSED, STATUS_REFUSED},
	{"closed/file", STATUS_REFUSED, STATUS_REFUSED},
	/* Symlinks that stay inside. */
	{"to_file", STATUS_SYMLINK, STATUS_OK},
	{"to_to_file", STATUS_SYMLINK, STATUS_OK},
	{"to_folder", STATUS_SYMLINK, STATUS_NOT_REGULAR},
	{"to_folder/deep", STATUS_SYMLINK, STATUS_OK},
	{"to_folder/back", STATUS_SYMLINK, STATUS_OK},
	{"folder/back", STATUS_SYMLINK, STATUS_OK},
	{"to_fifo", STATUS_SYMLINK, STATUS_NOT_REGULAR},
	{"dangling", STATUS_SYMLINK, STATUS_NOT_FOUND},
	{"to_file/below", STATUS_SYMLINK, STATUS_NOT_FOLDER},
	/* Symlinks that lead out, or in by way of outside. */
	{"out", STATUS_SYMLINK, STATUS_SYMLINK},
	{"to_out", STATUS_SYMLINK, STATUS_SYMLINK},
	{"up", STATUS_SYMLINK, STATUS_SYMLINK},
	{"up/outside", STATUS_SYMLINK, STATUS_SYMLINK},
	{"up/root/file", STATUS_SYMLINK, STATUS_SYMLINK},
	{"folder/up_twice/outside", STATUS_SYMLINK, STATUS_SYMLINK},
	{"absolute", STATUS_SYMLINK, STATUS_SYMLINK},
	{"slash/etc/passwd", STATUS_SYMLINK, STATUS_SYMLINK},
	{"loop", STATUS_SYMLINK, STATUS_SYMLINK},
	{"loop/below", STATUS_SYMLINK, STATUS_SYMLINK},
	/* Paths that are none. */
	{"..", STATUS_INVALID, STATUS_INVALID},
	{".", STATUS_INVALID, STATUS_INVALID},
	{"/", STATUS_INVALID, STATUS_INVALID},
	{"../outside", STATUS_INVALID, STATUS_INVALID},
	{"folder/../../outside", STATUS_INVALID, STATUS_INVALID},
	{"folder/../file", STATUS_INVALID, STATUS_INVALID},
	{"/etc/passwd", STATUS_INVALID, STATUS_INVALID},
	{"//file", STATUS_INVALID, STATUS_INVALID},
	{"./file", STATUS_INVALID, STATUS_INVALID},
	{"folder//deep", STATUS_INVALID, STATUS_INVALID},
	{"file/", STATUS_INVALID, STATUS_INVALID},
	{"folder/", STATUS_INVALID, STATUS_INVALID},
	{NAME_255 "5", STATUS_NAME_TOO_LONG, STATUS_NAME_TOO_LONG},
	{"folder/" NAME_255 "5", STATUS_NAME_TOO_LONG, STATUS_NAME_TOO_LONG},
	{DEPTH_64, STATUS_NOT_FOUND, STATUS_NOT_FOUND},
	{DEPTH_64 "/d", STATUS_LIMIT, STATUS_LIMIT},
};

static const struct expectation folders[] = {
	{"", STATUS_OK, STATUS_OK},
	{"folder", STATUS_OK, STATUS_OK},
	{"folder/within", STATUS_OK, STATUS_OK},
	{"to_folder", STATUS_SYMLINK, STATUS_OK},
	{"to_folder/within", STATUS_SYMLINK, STATUS_OK},
	{"to_file", STATUS_SYMLINK, STATUS_NOT_FOLDER},
	{"up", STATUS_SYMLINK, STATUS_SYMLINK},
	{"slash", STATUS_SYMLINK, STATUS_SYMLINK},
	{"loop", STATUS_SYMLINK, STATUS_SYMLINK},
	{"dangling", STATUS_SYMLINK, STATUS_NOT_FOUND},
	{"file", STATUS_NOT_FOLDER, STATUS_NOT_FOLDER},
	{"fifo", STATUS_NOT_FOLDER, STATUS_NOT_FOLDER},
	{"socket", STATUS_NOT_FOLDER, STATUS_NOT_FOLDER},
	{"closed", STATUS_REFUSED, STATUS_REFUSED},
	{"nothing", STATUS_NOT_FOUND, STATUS_NOT_FOUND},
	{"..", STATUS_INVALID, STATUS_INVALID},
};

/* Who only looks needs no permission for the file, and sees the symlink itself. */
static const struct expectation looks[] = {
	{"", STATUS_OK, STATUS_OK},
	{"file", STATUS_OK, STATUS_OK},
	{"folder", STATUS_OK, STATUS_OK},
	{"fifo", STATUS_OK, STATUS_OK},
	{"socket", STATUS_OK, STATUS_OK},
	{"unreadable", STATUS_OK, STATUS_OK},
	{"closed", STATUS_OK, STATUS_OK},
	{"closed/file", STATUS_REFUSED, STATUS_REFUSED},
	{"to_file", STATUS_OK, STATUS_OK},
	{"out", STATUS_OK, STATUS_OK},
	{"absolute", STATUS_OK, STATUS_OK},
	{"loop", STATUS_OK, STATUS_OK},
	{"dangling", STATUS_OK, STATUS_OK},
	{"to_folder/deep", STATUS_SYMLINK, STATUS_OK},
	{"to_folder/back", STATUS_SYMLINK, STATUS_OK},
	{"up/outside", STATUS_SYMLINK, STATUS_SYMLINK},
	{"nothing", STATUS_NOT_FOUND, STATUS_NOT_FOUND},
	{"file/below", STATUS_NOT_FOLDER, STATUS_NOT_FOLDER},
	{"../outside", STATUS_INVALID, STATUS_INVALID},
};

/* The status of an opening, or STATUS_COUNT where it broke its word: what it opened, or left behind, is not as said. */
static enum status judged(enum status status, int fd, bool right)
{
	if (status != STATUS_OK)
		return fd == NOT_OPENED ? status : STATUS_COUNT;
	right = right && (fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	return right ? STATUS_OK : STATUS_COUNT;
}

static bool is_inside(int fd)
{
	char first;

	return pread(fd, &first, 1, 0) == 1 && first == 'i';
}

static enum status open_file(int root, const char *path, enum beneath_symlinks symlinks)
{
	struct stat stat = {.st_mode = 0};
	int fd = NOT_OPENED;
	enum status status = beneath_open_file(root, path, symlinks, &fd, &stat);

	return judged(status, fd, S_ISREG(stat.st_mode) && is_inside(fd));
}

static enum status open_folder(int root, const char *path, enum beneath_symlinks symlinks)
{
	struct stat stat;
	int fd = NOT_OPENED;
	enum status status = beneath_open_folder(root, path, symlinks, &fd);

	return judged(status, fd, fstat(fd, &stat) == 0 && S_ISDIR(stat.st_mode));
}

static enum status look(int root, const char *path, enum beneath_symlinks symlinks)
{
	struct stat stat = {.st_size = -1}, expected;
	enum status status = beneath_stat(root, path, symlinks, &stat);

	if (status != STATUS_OK)
		return stat.st_size == -1 ? status : STATUS_COUNT;
	if (fstatat(root, path, &expected, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) < 0)
		return STATUS_COUNT;
	return expected.st_ino == stat.st_ino && expected.st_mode == stat.st_mode ? STATUS_OK : STATUS_COUNT;
}

/* The general form opens anything; held to the table of files, what else it opens is "not regular". */
static enum status judged_as_file(enum status status, int fd)
{
	struct stat stat;

	if (status == STATUS_OK && fstat(fd, &stat) == 0 && !S_ISREG(stat.st_mode)) {
		close(fd);
		return STATUS_NOT_REGULAR;
	}
	return judged(status, fd, is_inside(fd));
}

static enum status open_general(int root, const char *path, enum beneath_symlinks symlinks)
{
	int fd = NOT_OPENED;

	(void)symlinks;
	enum status status = beneath_open(root, path, O_RDONLY | O_NONBLOCK, 0644, &fd);
	return judged_as_file(status, fd);
}

static enum status open_walk(int root, const char *path, enum beneath_symlinks symlinks)
{
	int fd = NOT_OPENED;

	(void)symlinks;
	enum status status = beneath_open_walk(root, path, O_RDONLY | O_NONBLOCK, 0644, &fd);
	return judged_as_file(status, fd);
}

static const struct way {
	const char *name;
	enum status (*open)(int root, const char *path, enum beneath_symlinks symlinks);
	const struct expectation *expectations;
	size_t count;
	bool follows; /* where it is told to */
} ways[] = {
	{"open_file", open_file, files, COUNT(files), true},
	{"open_folder", open_folder, folders, COUNT(folders), true},
	{"stat", look, looks, COUNT(looks), true},
	{"open", open_general, files, COUNT(files), false},
	{"open_walk", open_walk, files, COUNT(files), false},
};

static bool has_status(const char *way, const char *path, enum status found, enum status expected)
{
	if (found != expected)
		fprintf(stderr, "%s of %.40s: %s, not %s\n", way, path, status_text(found), status_text(expected));
	return found == expected;
}

static bool way_is_right(int root, const struct way *way, bool kernel_follows)
{
	bool right = true;

	for (size_t i = 0; i < way->count; i++) {
		const struct expectation *this = &way->expectations[i];
		enum status inside = way->follows && kernel_follows ? this->inside : this->no_links;
		right &= has_status(way->name, this->path, way->open(root, this->path, BENEATH_NO_SYMLINKS), this->no_links);
		right &= has_status(way->name, this->path, way->open(root, this->path, BENEATH_SYMLINKS_INSIDE), inside);
	}
	return right;
}

static bool all_ways_are_right(int root, bool kernel_follows)
{
	int next = scratch_next_descriptor();
	bool right = true;

	for (size_t i = 0; i < COUNT(ways); i++)
		right &= way_is_right(root, &ways[i], kernel_follows);
	return right && scratch_next_descriptor() == next;
}

static bool all_ways_are_right_by_walking(const void *argument)
{
	return all_ways_are_right(*(const int *)argument, false);
}

struct place {
	struct scratch scratch;
	int root;
};

/* A socket's name is bound by its path, and that path is short. */
static int make_socket(int root)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/socket", root);
	int result = fd < 0 ? -1 : bind(fd, (struct sockaddr *)&address, sizeof(address));
	close(fd);
	return result;
}

static int make_links(const struct place *place)
{
	static const char *const links[][2] = {
		{"to_file", "file"},
		{"to_to_file", "to_file"},
		{"to_folder", "folder"},
		{"to_fifo", "fifo"},
		{"dangling", "nothing"},
		{"folder/back", "../file"},
		{"folder/up_twice", "../.."},
		{"out", "../outside"},
		{"to_out", "out"},
		{"up", ".."},
		{"slash", "/"},
		{"loop", "loop"},
	};
	char inside[PATH_MAX + 16];

	for (size_t i = 0; i < COUNT(links); i++)
		if (symlinkat(links[i][1], place->root, links[i][0]) < 0)
			return -1;
	snprintf(inside, sizeof(inside), "%s/root/file", place->scratch.path);
	return symlinkat(inside, place->root, "absolute");
}

static int make_files(int root)
{
	static const char *const names[] = {
		"file", "folder/deep", NAME_255, "odd\n\x01\xff", "unreadable", "closed/file",
	};

	if (mkdirat(root, "folder", 0755) < 0 || mkdirat(root, "folder/within", 0755) < 0 || mkdirat(root, "closed", 0755) < 0)
		return -1;
	for (size_t i = 0; i < COUNT(names); i++)
		if (scratch_write(root, names[i], "inside") < 0)
			return -1;
	if (fchmodat(root, "unreadable", 0, 0) < 0 || fchmodat(root, "closed", 0, 0) < 0)
		return -1;
	return mkfifoat(root, "fifo", 0644) < 0 ? -1 : make_socket(root);
}

static int begin(void **state)
{
	static struct place place;

	*state = &place;
	if (scratch_make(&place.scratch) < 0 || scratch_write(place.scratch.folder, "outside", "outside") < 0)
		return -1;
	if (mkdirat(place.scratch.folder, "root", 0755) < 0)
		return -1;
	place.root = openat(place.scratch.folder, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place.root < 0 || make_files(place.root) < 0)
		return -1;
	return make_links(&place) < 0 ? -1 : forbid_ignoring_permissions();
}

static int end(void **state)
{
	struct place *place = *state;
	int result = fchmodat(place->root, "closed", 0755, 0);

	close(place->root);
	return result < 0 ? -1 : scratch_remove(&place->scratch);
}

static void nothing_opens_that_is_not_below_the_root(void **state)
{
	const struct place *place = *state;

	assert_true(all_ways_are_right(place->root, true));
}

static void nothing_opens_by_a_root_that_can_only_be_searched(void **state)
{
	const struct place *place = *state;
	int root = openat(place->scratch.folder, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_true(all_ways_are_right(root, true));
	close(root);
}

static void a_kernel_without_openat2_opens_the_same_but_no_links(void **state)
{
	const struct place *place = *state;

	assert_true(forbid_in_child(SYS_openat2, ENOSYS, all_ways_are_right_by_walking, &place->root));
}

static void a_filter_against_openat2_opens_the_same_but_no_links(void **state)
{
	const struct place *place = *state;

	assert_true(forbid_in_child(SYS_openat2, EPERM, all_ways_are_right_by_walking, &place->root));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_opens_that_is_not_below_the_root),
		cmocka_unit_test(nothing_opens_by_a_root_that_can_only_be_searched),
		cmocka_unit_test(a_kernel_without_openat2_opens_the_same_but_no_links),
		cmocka_unit_test(a_filter_against_openat2_opens_the_same_but_no_links),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
