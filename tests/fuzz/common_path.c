/* Fuzzes paths: the rules against a second wording of them, and every resolver against the kernel's, on a small tree. */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "beneath.h"
#include "beneath_walk.h"
#include "path.h"
#include "scratch.h"

static struct scratch scratch;

static void remove_tree(void)
{
	scratch_remove(&scratch);
}

static void make_tree(void)
{
	int root;

	CHECK(scratch_make(&scratch) == 0);
	atexit(remove_tree);
	CHECK(mkdirat(scratch.folder, "root", 0755) == 0);
	CHECK((root = openat(scratch.folder, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0);
	CHECK(scratch_write(scratch.folder, "secret", "outside") == 0);
	CHECK(mkdirat(root, "a", 0755) == 0 && mkdirat(root, "a/b", 0755) == 0 && mkdirat(root, "a/b/a", 0755) == 0);
	CHECK(scratch_write(root, "f", "at the top") == 0 && scratch_write(root, "a/b/f", "below") == 0);
	CHECK(symlinkat("..", root, "a/up") == 0 && symlinkat("../..", root, "a/b/out") == 0);
	CHECK(symlinkat("../secret", root, "out") == 0 && symlinkat("/", root, "abs") == 0);
	CHECK(symlinkat("a/b", root, "in") == 0 && symlinkat("loop", root, "loop") == 0 && symlinkat("no", root, "gone") == 0);
	CHECK(mkfifoat(root, "a/p", 0644) == 0);
	close(scratch.folder);
	scratch.folder = root;
}

#define LONGEST (PATH_MAX + 200) /* some are too long */

/* Bytes below 16 stand for the words that matter in this tree, all others for themselves. */
static size_t spell(const uint8_t *bytes, size_t length, unsigned char out[LONGEST + 1])
{
	static const char *const words[16] = {
		"a", "b", "f", "/", "..", ".", "up", "out", "in", "abs", "loop", "gone", "p", "no", "//", "a/b/"};
	size_t used = 0;

	for (size_t i = 0; i < length && used + 5 <= LONGEST; i++) {
		if (bytes[i] >= 16) {
			out[used++] = bytes[i] == 0xff ? '\0' : bytes[i];
			continue;
		}
		memcpy(out + used, words[bytes[i]], strlen(words[bytes[i]]));
		used += strlen(words[bytes[i]]);
	}
	out[used] = '\0';
	return used;
}

/* path.h's rules once more, by what is between slashes. */
static bool legal(const unsigned char *path, size_t length)
{
	size_t start = 0, depth = 0;

	for (size_t i = 0; i <= length && length > 0; i++) {
		if (i < length && path[i] != '/')
			continue;
		size_t name = i - start;
		bool dots = (name == 1 || name == 2) && memcmp(path + start, "..", name) == 0;
		if (name == 0 || name > 255 || dots || memchr(path + start, '\0', name) || ++depth > 64)
			return false;
		start = i + 1;
	}
	return length <= 4095;
}

/* A legal path falls apart into its names, and comes together again. */
static void take_apart(struct span path)
{
	char again[PATH_LENGTH_MAX + 1] = "", longer[PATH_LENGTH_MAX + 1];
	struct span rest = path, name;
	size_t names = 0;

	for (; rest.length > 0; names++) {
		name = path_first(&rest);
		memcpy(longer, again, sizeof(longer));
		CHECK(path_name_legal(name) && path_join(again, span_of(longer), name) == STATUS_OK);
	}
	CHECK(strlen(again) == path.length && memcmp(again, path.bytes, path.length) == 0 && path_depth(path) == names);
	CHECK(path_join(again, path_folder(path), path_last(path)) == STATUS_OK && strlen(again) == path.length);
	CHECK((path_join(longer, path, path) == STATUS_OK) == (2 * path.length + (path.length > 0) <= PATH_LENGTH_MAX));
}

static int open_by_kernel(const char *path, int flags, unsigned long long resolve)
{
	struct open_how how = {.flags = (unsigned)(flags | O_NOFOLLOW | O_CLOEXEC), .resolve = resolve};
	long fd;

	do
		fd = syscall(SYS_openat2, scratch.folder, *path ? path : ".", &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN);
	return (int)fd;
}

static void check_inside(int fd)
{
	char link[64], place[PATH_MAX], root[PATH_MAX];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", scratch.folder);
	ssize_t root_length = readlink(link, root, sizeof(root) - 1);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, place, sizeof(place) - 1);
	CHECK(root_length > 0 && length >= root_length && memcmp(place, root, (size_t)root_length) == 0);
	CHECK(length == root_length || place[root_length] == '/');
}

static bool same(int a, int b)
{
	struct stat left, right;

	CHECK(fstat(a, &left) == 0 && fstat(b, &right) == 0);
	return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

/* A resolver of ours opened, or not, what the kernel did. */
static void compare(enum status status, int ours, int kernels)
{
	CHECK((status == STATUS_OK) == (kernels >= 0));
	if (status != STATUS_OK)
		return;
	CHECK(same(ours, kernels));
	check_inside(ours);
	close(ours);
}

/* openat2, the walk that stands in for it, and the kernel asked directly: the same thing, or the same refusal. */
static void resolve_both_ways(const char *path, int flags)
{
	int kernels = open_by_kernel(path, flags, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS), opened = -1, walked = -1;
	enum status status = beneath_open(scratch.folder, path, flags, 0, &opened);
	enum status walk_status = beneath_open_walk(scratch.folder, path, flags, 0, &walked);

	CHECK(status == walk_status);
	compare(status, opened, kernels);
	compare(walk_status, walked, kernels);
	if (kernels >= 0)
		close(kernels);
}

static void resolve_every_way(const char *path)
{
	resolve_both_ways(path, O_PATH);
	resolve_both_ways(path, O_PATH | O_DIRECTORY);
	resolve_both_ways(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

static void follow_links_inside(const char *path)
{
	int kernels = open_by_kernel(path, O_PATH, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS), fd = -1;
	struct stat ours, theirs;

	CHECK((beneath_stat(scratch.folder, path, BENEATH_SYMLINKS_INSIDE, &ours) == STATUS_OK) == (kernels >= 0));
	if (kernels >= 0) {
		CHECK(fstat(kernels, &theirs) == 0 && ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev);
		close(kernels);
	}
	if (beneath_open_file(scratch.folder, path, BENEATH_SYMLINKS_INSIDE, &fd, &ours) != STATUS_OK)
		return;
	CHECK(S_ISREG(ours.st_mode));
	check_inside(fd);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	unsigned char path[LONGEST + 1];
	int fd;

	if (!*scratch.path)
		make_tree();
	length = spell(bytes, length, path);
	void *copy = target_copy(path, length);
	enum status status = path_check((struct span){copy, length});
	if (status == STATUS_OK)
		take_apart((struct span){copy, length});
	free(copy);
	CHECK((status == STATUS_OK) == legal(path, length));
	if (status == STATUS_OK) {
		resolve_every_way((const char *)path);
		follow_links_inside((const char *)path);
	} else if (!memchr(path, '\0', length)) {
		CHECK(beneath_open(scratch.folder, (const char *)path, O_PATH, 0, &fd) != STATUS_OK);
		CHECK(beneath_open_walk(scratch.folder, (const char *)path, O_PATH, 0, &fd) != STATUS_OK);
	}
	return 0;
}
