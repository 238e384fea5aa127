/* The server's resolver against somebody who swaps files and folders for symlinks that lead out, as fast as can be. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "access.h"
#include "case.h"
#include "clock.h"
#include "forbid.h"
#include "path.h"
#include "resolve.h"
#include "scratch.h"
#include "sockets.h"

#define ALL 1000000u
#define FEW 5000u /* where QUICK is set */
#define LIMIT (20 * CLOCK_SECOND)
/* What a file holds tells on which side it is, and so does its size. */
#define INSIDE "in"
#define OUTSIDE "outside"

/*
 * In the share, two pairs of names change places: spot and away, a folder and a symlink to a folder outside; leaf and gone, a file
 * and a symlink to a file outside. A process of its own swaps them, so that no lock of this one can get in its way.
 */
struct field {
	struct scratch scratch;
	struct share share;
	struct share_settings share_settings;
	struct shares shares;
	struct settings settings;
	struct services services;
	struct visitor *visitor;
	pid_t swapper;
	unsigned attempts;
};

static void swap_for_ever(int share)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (renameat2(share, "spot", share, "away", RENAME_EXCHANGE) == 0 && renameat2(share, "leaf", share, "gone", RENAME_EXCHANGE) == 0)
		continue;
	_exit(1);
}

/* --- Ways ---------------------------------------------------------------------------------------------------------------- */

enum verdict { STAYED, REFUSED, ESCAPED, WRONG };

/* What the resolver says of somebody who swaps: no symlink was followed, or it was tried too often. */
static enum verdict refusal(enum status status)
{
	return status == STATUS_SYMLINK || status == STATUS_BUSY ? REFUSED : WRONG;
}

/* Takes the descriptor. */
static enum verdict look_into(int fd)
{
	char bytes[sizeof(OUTSIDE)];
	ssize_t length = pread(fd, bytes, sizeof(bytes), 0);

	close(fd);
	if (length < 1)
		return WRONG;
	return length == strlen(INSIDE) ? STAYED : ESCAPED;
}

static enum verdict open_path(const struct field *field, const char *path, struct last_folder *last)
{
	struct opened_file file;
	enum status status = resolve_file(&field->services, field->visitor, span_of(path), last, &file);

	return status == STATUS_OK ? look_into(file.fd) : refusal(status);
}

static enum verdict open_below(const struct field *field)
{
	return open_path(field, "spot/file", NULL);
}

static enum verdict open_leaf(const struct field *field)
{
	return open_path(field, "leaf", NULL);
}

/* The same as a turn does it that answers two requests for files of one folder. */
static enum verdict open_twice(const struct field *field, const char *path)
{
	struct last_folder last;

	last_folder_init(&last);
	enum verdict first = open_path(field, path, &last), second = open_path(field, path, &last);
	last_folder_release(&last);
	return first > second ? first : second;
}

static enum verdict open_below_twice(const struct field *field)
{
	return open_twice(field, "spot/file");
}

static enum verdict open_leaf_twice(const struct field *field)
{
	return open_twice(field, "leaf");
}

/* As a listing goes down: the folder, and a file by its name in it. */
static enum verdict open_folder(const struct field *field)
{
	int folder;
	enum status status = resolve_folder(&field->services, field->visitor, span_of("spot"), &folder);

	if (status != STATUS_OK)
		return refusal(status);
	int fd = openat(folder, "file", O_RDONLY | O_CLOEXEC);
	close(folder);
	return fd < 0 ? WRONG : look_into(fd);
}

static enum verdict look_at(const struct field *field)
{
	struct stat stat;
	enum status status = resolve_stat(&field->services, field->visitor, span_of("spot/file"), &stat);

	if (status != STATUS_OK)
		return refusal(status);
	return S_ISREG(stat.st_mode) && stat.st_size == strlen(INSIDE) ? STAYED : ESCAPED;
}

/* Who looks first and opens then. */
static enum verdict look_and_open(const struct field *field)
{
	struct stat stat;

	if (fstatat(field->share.folder, "spot", &stat, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(stat.st_mode))
		return REFUSED;
	int fd = openat(field->share.folder, "spot/file", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? WRONG : look_into(fd);
}

/* --- Attempts ------------------------------------------------------------------------------------------------------------ */

struct way {
	const char *name;
	enum verdict (*go)(const struct field *field);
	enum beneath_symlinks symlinks;
	bool walk;
};

struct tried {
	struct field *field;
	const struct way *way;
};

/*
 * All attempts, and more as long as only one of the two was met that are swapped; prints what came of them. False where one led out
 * or was neither opened nor refused.
 */
static bool try_all(const void *argument)
{
	const struct tried *tried = argument;
	struct field *field = tried->field;
	unsigned counts[WRONG + 1] = {0}, attempts = 0;
	int64_t limit = clock_now() + LIMIT;

	field->share.symlinks = tried->way->symlinks;
	for (; attempts < field->attempts || ((!counts[STAYED] || !counts[REFUSED]) && clock_now() < limit); attempts++)
		counts[tried->way->go(field)]++;
	printf("%s, %s, symlinks %s: %u attempts, %u opened, %u refused, %u escaped, %u wrong\n", tried->way->name,
		tried->way->walk ? "walk" : "openat2", tried->way->symlinks == BENEATH_NO_SYMLINKS ? "refused" : "inside followed",
		attempts, counts[STAYED], counts[REFUSED], counts[ESCAPED], counts[WRONG]);
	fflush(stdout);
	return counts[ESCAPED] == 0 && counts[WRONG] == 0 && counts[STAYED] > 0 && counts[REFUSED] > 0;
}

static void race(void *stage, const void *argument)
{
	const struct tried tried = {stage, argument};

	assert_true(tried.way->walk ? forbid_in_child(SYS_openat2, ENOSYS, try_all, &tried) : try_all(&tried));
}

/* More attempts than the others have where none has led out: a race that nobody can lose would prove nothing. */
static void who_looks_first_and_opens_then_is_led_out(void *stage, const void *argument)
{
	const struct field *field = stage;
	int64_t limit = clock_now() + LIMIT;
	unsigned attempts = 0, escaped = 0;

	(void)argument;
	for (; attempts < field->attempts || (escaped == 0 && clock_now() < limit); attempts++)
		escaped += look_and_open(field) == ESCAPED;
	print_message("control: %u attempts, %u escaped\n", attempts, escaped);
	assert_true(escaped > 0);
}

#define WAY(threat, name, go, symlinks, walk) HOSTILE_WITH(threat, name, race, (&(const struct way){#go, go, symlinks, walk}))

static const struct hostile_case cases[] = {
	WAY(C2, openat2_opens_no_file_below_a_swapped_folder, open_below, BENEATH_NO_SYMLINKS, false),
	WAY(C2, openat2_opens_no_swapped_file, open_leaf, BENEATH_NO_SYMLINKS, false),
	WAY(C2, openat2_opens_no_file_below_a_swapped_folder_by_its_name, open_below_twice, BENEATH_NO_SYMLINKS, false),
	WAY(C2, openat2_opens_no_swapped_file_by_its_name, open_leaf_twice, BENEATH_NO_SYMLINKS, false),
	WAY(C2, openat2_lists_no_swapped_folder, open_folder, BENEATH_NO_SYMLINKS, false),
	WAY(C2, openat2_looks_at_nothing_below_a_swapped_folder, look_at, BENEATH_NO_SYMLINKS, false),
	WAY(C2, openat2_that_follows_opens_no_file_below_a_swapped_folder, open_below, BENEATH_SYMLINKS_INSIDE, false),
	WAY(C2, openat2_that_follows_opens_no_swapped_file, open_leaf, BENEATH_SYMLINKS_INSIDE, false),
	WAY(C2, openat2_that_follows_lists_no_swapped_folder, open_folder, BENEATH_SYMLINKS_INSIDE, false),
	WAY(C2, openat2_that_follows_looks_at_nothing_below_a_swapped_folder, look_at, BENEATH_SYMLINKS_INSIDE, false),
	WAY(C3, the_walk_opens_no_file_below_a_swapped_folder, open_below, BENEATH_NO_SYMLINKS, true),
	WAY(C3, the_walk_opens_no_swapped_file, open_leaf, BENEATH_NO_SYMLINKS, true),
	WAY(C3, the_walk_opens_no_file_below_a_swapped_folder_by_its_name, open_below_twice, BENEATH_NO_SYMLINKS, true),
	WAY(C3, the_walk_opens_no_swapped_file_by_its_name, open_leaf_twice, BENEATH_NO_SYMLINKS, true),
	WAY(C3, the_walk_lists_no_swapped_folder, open_folder, BENEATH_NO_SYMLINKS, true),
	WAY(C3, the_walk_looks_at_nothing_below_a_swapped_folder, look_at, BENEATH_NO_SYMLINKS, true),
	HOSTILE(C2, who_looks_first_and_opens_then_is_led_out),
};

/* --- The field ------------------------------------------------------------------------------------------------------------ */

static void plant(int top, int *share)
{
	if (mkdirat(top, "share", 0755) < 0 || mkdirat(top, "share/spot", 0755) < 0 || mkdirat(top, "outside", 0755) < 0 ||
	    scratch_write(top, "share/spot/file", INSIDE) < 0 || scratch_write(top, "share/leaf", INSIDE) < 0 ||
	    scratch_write(top, "outside/file", OUTSIDE) < 0 || symlinkat("../outside", top, "share/away") < 0 ||
	    symlinkat("../outside/file", top, "share/gone") < 0)
		give_up("share");
	*share = openat(top, "share", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void build(struct field *field)
{
	struct address address;

	*field = (struct field){.attempts = getenv("QUICK") ? FEW : ALL};
	if (scratch_make(&field->scratch) < 0)
		give_up("scratch");
	plant(field->scratch.folder, &field->share.folder);
	field->shares = (struct shares){.list = &field->share, .count = 1};
	field->settings.shares = &field->share_settings;
	field->settings.share_count = 1;
	field->services.settings = &field->settings;
	field->services.shares = &field->shares;
	if (address_parse("127.0.0.1", &address) != STATUS_OK || !(field->visitor = visitor_new(&address, NULL)) ||
	    access_new(&field->settings, &field->shares, &(struct tokens){.list = NULL}, &field->services.access) != STATUS_OK)
		give_up("services");
	field->swapper = fork();
	if (field->swapper == 0)
		swap_for_ever(field->share.folder);
}

/* False where nobody swapped any more. */
static bool clear(struct field *field)
{
	int outcome;

	kill(field->swapper, SIGKILL);
	bool swapped = waitpid(field->swapper, &outcome, 0) == field->swapper && WIFSIGNALED(outcome);
	visitor_free(field->visitor);
	access_free(field->services.access);
	close(field->share.folder);
	return scratch_remove(&field->scratch) == 0 && swapped;
}

int main(void)
{
	const struct hostile_table table = HOSTILE_TABLE(cases);
	struct field field;

	build(&field);
	int failed = hostile_run(&(struct hostile_suite){
		.title = "against the server's resolver", .tables = &table, .table_count = 1, .stage = &field}, NULL);
	return clear(&field) && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
