/* Fuzzes whole commands: whatever servers say, a command ends, and nothing is written but what it was asked for. */
#include "scripted_dial.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "clock.h"
#include "commands.h"
#include "lanes.h"
#include "scratch.h"

#define RECURSIVE 0x10u /* flags, above the number of the command */
#define JSON 0x20u
#define OLDER 0x40u     /* there is a file already */
#define EXACT 0x80u     /* its checksum is known */

#define WANTED "hello, world\n"
#define WANTED_LENGTH (sizeof(WANTED) - 1)
#define LARGE (PIECE_SIZE + 5) /* of the file that is there before; zeros */

static const struct verb {
	const char *operands[2]; /* what is no URL lies below the destination */
	size_t operand_count;
	int (*run)(const struct options *options);
	bool tree;
	bool verify;
	bool large; /* pieces of the file are there already */
} verbs[] = {
	{.run = command_get, .operands = {"ferry://server/folder/file"}, .operand_count = 1},
	{.run = command_get, .operands = {"ferry://server/folder/"}, .operand_count = 1, .verify = true},
	{.run = command_get, .operands = {"ferry://server/folder/file", "ferry://server/other"}, .operand_count = 2},
	{.run = command_verify, .operands = {"ferry://server/folder/file", "file"}, .operand_count = 2},
	{.run = command_verify, .operands = {"ferry://server/folder", ""}, .operand_count = 2},
	{.run = command_sum, .operands = {"ferry://server/folder"}, .operand_count = 1},
	{.run = command_sum, .operands = {"ferry://server/folder", "ferry://server/other"}, .operand_count = 2, .tree = true},
	{.run = command_ls, .operands = {"ferry://server/folder"}, .operand_count = 1},
	{.run = command_stat, .operands = {"ferry://server/folder"}, .operand_count = 1},
	{.run = command_ping, .operands = {"ferry://server/"}, .operand_count = 1},
	{.run = command_get, .operands = {"ferry://server/folder/file"}, .operand_count = 1, .large = true},
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* A file that a server claims to be huge costs nothing before it comes, but a sanitizer would mark all memory for its pieces. */
#define NO_HUGE_MEMORY "allocator_may_return_null=1:max_allocation_size_mb=64"
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *__asan_default_options(void)
{
	return NO_HUGE_MEMORY;
}

const char *__tsan_default_options(void)
{
	return NO_HUGE_MEMORY;
}

static struct scratch scratch;
static char here[PATH_MAX + 8]; /* the destination, one below a file that is nobody's business */
static int here_fd;
static struct lanes *lanes;
static struct option_digest wanted_sum;

static void remove_all(void)
{
	close(here_fd);
	lanes_free(lanes);
	scratch_remove(&scratch);
}

static void prepare(void)
{
	struct flat *flat;

	CHECK(scratch_make(&scratch) == 0);
	atexit(remove_all);
	CHECK(lanes_new(LANES_OPENSSL, &lanes) == STATUS_OK);
	CHECK(setenv("XDG_CONFIG_HOME", scratch.path, 1) == 0 && unsetenv("FERRY_TOKEN") == 0);
	/* The other backend fills tables for every thread that begins. */
	CHECK(setenv("FERRY_LANES", "openssl", 1) == 0);
	CHECK(scratch_write(scratch.folder, "outside", WANTED) == 0 && mkdirat(scratch.folder, "here", 0755) == 0);
	snprintf(here, sizeof(here), "%s/here", scratch.path);
	CHECK((here_fd = open(here, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0);
	CHECK(flat_new(&flat) == STATUS_OK);
	flat_add(flat, WANTED, WANTED_LENGTH);
	flat_finish(flat, &wanted_sum.digest);
	flat_free(flat);
	wanted_sum.given = true;
}

/* A piece that is said to be proven by zeros gets its true digest, which no mutation would ever find. */
static void prove(unsigned char *bytes, size_t length, bool large)
{
	static const struct digest nothing;
	unsigned char *trailer = bytes + length - DATA_TRAILER_SIZE;
	struct digest digest;
	struct piece piece;

	if (trailer[0] != DATA_PROVEN || memcmp(trailer + 1, nothing.bytes, sizeof(nothing.bytes)) != 0)
		return;
	piece_start(&piece, large ? LARGE : 0);
	piece_add(&piece, lanes, bytes, length - DATA_TRAILER_SIZE);
	piece_finish(&piece, lanes, &digest);
	memcpy(trailer + 1, digest.bytes, sizeof(digest.bytes));
}

static void prove_pieces(unsigned char *bytes, size_t length, bool large)
{
	while (length >= FRAME_HEADER_SIZE) {
		struct reader reader;
		reader_init(&reader, bytes, length);
		size_t payload = reader_u32(&reader);
		bool border = memcmp(bytes, SCRIPT_BORDER, strlen(SCRIPT_BORDER)) == 0;
		if (!border && payload > length - FRAME_HEADER_SIZE)
			break;
		if (!border && bytes[4] == FRAME_DATA && payload >= DATA_TRAILER_SIZE)
			prove(bytes + FRAME_HEADER_SIZE, payload, large);
		size_t used = border ? strlen(SCRIPT_BORDER) : FRAME_HEADER_SIZE + payload;
		bytes += used;
		length -= used;
	}
}

static bool holds_wanted(int folder, const char *path)
{
	char bytes[WANTED_LENGTH + 1];
	int fd = openat(folder, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return false;
	bool same = read(fd, bytes, sizeof(bytes)) == WANTED_LENGTH && memcmp(bytes, WANTED, WANTED_LENGTH) == 0;
	close(fd);
	return same;
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *place)
{
	(void)stat;
	(void)kind;
	return place->level > 0 ? remove(path) : 0;
}

/* Two names beside the destination: the file, and the destination itself. */
static void check_outside(void)
{
	struct stat stat;

	CHECK(fstat(scratch.folder, &stat) == 0 && stat.st_nlink == 3);
	CHECK(holds_wanted(scratch.folder, "outside"));
}

/* Older than what any server has; a block of each piece is there, so that none passes for a hole. */
static void make_large(void)
{
	const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	int fd = openat(here_fd, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	CHECK(fd >= 0 && ftruncate(fd, LARGE) == 0 && pwrite(fd, "", 1, 0) == 1 && pwrite(fd, "", 1, PIECE_SIZE) == 1);
	CHECK(futimens(fd, times) == 0);
	close(fd);
}

static void run(const struct verb *verb, unsigned flags)
{
	char first[PATH_MAX + 64], second[PATH_MAX + 64], *operands[] = {first, second};
	struct options options = {
		.operands = operands,
		.operand_count = verb->operand_count,
		.directory = verb->run == command_get ? here : NULL,
		.recursive = flags & RECURSIVE,
		.jobs = 1,
		.timeout = 10 * CLOCK_SECOND,
		.sha256 = flags & EXACT && verb == &verbs[0] ? wanted_sum : (struct option_digest){.given = false},
		.max_size = verb->verify ? PIECE_SIZE : UINT64_MAX,
		.verify = verb->verify,
		.no_sync = true,
		.json = flags & JSON,
		.tree = verb->tree,
		.count = 1,
		.progress = PROGRESS_NONE,
		.verbosity = 1,
	};

	for (size_t i = 0; i < verb->operand_count; i++)
		snprintf(operands[i], sizeof(first), "%s%s%s", strchr(verb->operands[i], ':') ? "" : here,
			strchr(verb->operands[i], ':') ? "" : "/", verb->operands[i]);
	int code = verb->run(&options);
	CHECK((code >= EXIT_OK && code <= EXIT_MIXED) || code == EXIT_INTERRUPTED);
	/* Whatever was there before had the sum too; what is too large is skipped, which is no failure. */
	if (options.sha256.given)
		CHECK(faccessat(here_fd, "file", F_OK, AT_SYMLINK_NOFOLLOW) < 0 || holds_wanted(here_fd, "file"));
}

/* The first byte: a command, and flags. The rest is what the servers say, one part for each connection. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length == 0 || (bytes[0] & 15) >= VERBS)
		return 0;
	if (!*scratch.path)
		prepare();
	const struct verb *verb = &verbs[bytes[0] & 15];
	unsigned char *copy = target_copy(bytes + 1, length - 1);
	prove_pieces(copy, length - 1, verb->large);
	if (verb->large)
		make_large();
	else if (bytes[0] & OLDER)
		CHECK(scratch_write(here_fd, "file", WANTED) == 0);
	script_begin(copy, length - 1);
	run(verb, bytes[0]);
	script_end();
	check_outside();
	CHECK(nftw(here, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
	free(copy);
	return 0;
}
