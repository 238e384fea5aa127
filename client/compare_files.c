/* Asks for the digests of many files ahead, and holds the pieces that are here against them as they come. */
#include "compare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "exchange.h"
#include "path.h"
#include "record.h"
#include "text.h"
#include "trusted.h"

#define CHECKS_MAX 64          /* files open at the same time */
#define PIECES_AT_ONCE 1024u   /* so that neither side waits long while the other one hashes */

/* One file. */
struct check {
	struct check *next;
	const char *below;
	int fd;
	uint64_t size_here;
	bool described; /* the server has filled in SOURCE */
	struct file source;
	uint64_t judged; /* the next piece to compare */
	uint64_t asked;  /* pieces up to here were asked for */
	struct ranges wrong;
	bool fresh; /* second round: DOUBTED is compared again, with digests that the server computes anew */
	struct ranges doubted; /* pieces that differ from the digests that the server remembered */
	size_t doubt; /* the range of DOUBTED in work */
	enum status trouble; /* a failure of this machine */
};

struct checks {
	struct compare *compare;
	const struct catalog *catalog;
	size_t next; /* of the catalog */
	struct check *first, *last; /* in the order of their answers */
	size_t count;
};

static void check_free(struct check *check)
{
	close(check->fd);
	ranges_release(&check->wrong);
	ranges_release(&check->doubted);
	free(check);
}

static void append(struct checks *checks, struct check *check)
{
	check->next = NULL;
	if (checks->first)
		checks->last->next = check;
	else
		checks->first = check;
	checks->last = check;
	checks->count++;
}

static struct check *take_off(struct checks *checks)
{
	struct check *check = checks->first;

	checks->first = check->next;
	checks->count--;
	return check;
}

/* --- What is here -------------------------------------------------------------------------------------------------- */

static void fail_here(struct compare *compare, const char *below, enum status status)
{
	char place[FAILURE_TEXT_SIZE / 4], shown[FAILURE_TEXT_SIZE / 2];
	struct failure failure;

	text_escape(place, sizeof place, span_of(compare->path));
	text_escape(shown, sizeof shown, span_of(below));
	failure_set(&failure, FAILURE_LOCAL, status, "cannot read %s%s%s", place, *below ? "/" : "", shown);
	compare_fail(compare, below, &failure);
}

/* A path that the user gave may lead through symlinks, and end in one. */
static enum status open_given(const char *path, int *fd, struct stat *stat)
{
	int opened;
	enum status status = trusted_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &opened);

	if (status != STATUS_OK)
		return status;
	if (fstat(opened, stat) < 0)
		status = status_from_errno(errno);
	else if (!S_ISREG(stat->st_mode))
		status = S_ISDIR(stat->st_mode) ? STATUS_IS_FOLDER : STATUS_NOT_REGULAR;
	if (status == STATUS_OK)
		*fd = opened;
	else
		close(opened);
	return status;
}

static enum status open_here(const struct compare *compare, const char *below, int *fd, struct stat *stat)
{
	if (compare->folder < 0)
		return open_given(compare->path, fd, stat);
	return beneath_open_file(compare->folder, below, BENEATH_NO_SYMLINKS, fd, stat);
}

/* No regular file is here: that needs no digest. */
static void tell_without_asking(struct compare *compare, const struct catalog_entry *entry, enum status status)
{
	const uint64_t size = catalog_size(entry);
	struct compare_result result = {.below = entry->path, .word = COMPARE_MISSING, .size = size, .pieces = RECORD_UNKNOWN};

	if (size != RECORD_UNKNOWN)
		result.pieces = piece_count(size);
	if (status == STATUS_IS_FOLDER || status == STATUS_NOT_REGULAR || status == STATUS_SYMLINK) {
		result.word = COMPARE_DIFFERS;
		result.remark = "it is no regular file here";
	} else if (status != STATUS_NOT_FOUND && status != STATUS_NOT_FOLDER) {
		fail_here(compare, entry->path, status);
		return;
	}
	compare_tell(compare, &result);
}

/* --- Asking -------------------------------------------------------------------------------------------------------- */

/* Pieces that both sides have: anything that the server has beyond the end of the file here differs without a digest. */
static uint64_t comparable(const struct check *check)
{
	uint64_t here = piece_count(check->size_here), there = piece_count(check->source.size);

	return here < there ? here : there;
}

/* The end of the pieces to ask about for now. */
static uint64_t wanted(const struct check *check)
{
	return check->fresh ? check->doubted.items[check->doubt].last + 1 : comparable(check);
}

/* The digests that the server remembered may be what is wrong: the second round begins. */
static void doubt(struct check *check)
{
	check->doubted = check->wrong;
	check->wrong = (struct ranges){0};
	check->fresh = true;
}

/* Is there more to ask? Then JUDGED is the piece to go on with. */
static bool goes_on(struct check *check)
{
	if (check->judged < wanted(check))
		return true;
	if (check->trouble != STATUS_OK)
		return false;
	if (!check->fresh && check->wrong.count > 0)
		doubt(check);
	else if (!check->fresh || ++check->doubt == check->doubted.count)
		return false;
	check->judged = check->doubted.items[check->doubt].first;
	return true;
}

/* The first piece tells size and version, the next ones are asked for under that version. */
static enum status ask(struct checks *checks, struct check *check, struct failure *failure)
{
	struct compare *compare = checks->compare;
	char path[PATH_LENGTH_MAX + 1];
	struct exchange_request request;
	uint64_t left = check->described ? wanted(check) - check->judged : 1;
	struct pieces_request digests = {
		.first = check->judged,
		.count = left < PIECES_AT_ONCE ? left : PIECES_AT_ONCE,
		.fresh = check->fresh,
	};

	/* The listing has checked that both together are a legal path. */
	if (path_join(path, span_of(compare->url.path), span_of(check->below)) != STATUS_OK)
		abort();
	digests.path = span_of(path);
	if (check->described)
		digests.version = check->source.version;
	check->asked = digests.first + digests.count;
	exchange_begin(&request);
	digests_request_encode(&request.writer, link_number(compare->link), &digests);
	append(checks, check);
	return exchange_send(compare->link, &request, failure);
}

static enum status begin(struct checks *checks, const struct catalog_entry *entry, struct failure *failure)
{
	struct stat stat;
	int fd;
	enum status status = open_here(checks->compare, entry->path, &fd, &stat);

	if (status != STATUS_OK) {
		tell_without_asking(checks->compare, entry, status);
		return STATUS_OK;
	}
	struct check *check = calloc(1, sizeof *check);
	if (!check) {
		close(fd);
		fail_here(checks->compare, entry->path, STATUS_NO_MEMORY);
		return STATUS_OK;
	}
	check->below = entry->path;
	check->fd = fd;
	check->size_here = (uint64_t)stat.st_size;
	return ask(checks, check, failure);
}

static bool has_room(const struct checks *checks)
{
	return checks->count < CHECKS_MAX && link_has_room(checks->compare->link);
}

/* As far ahead as the window allows. */
static enum status ask_more(struct checks *checks, struct failure *failure)
{
	const struct catalog *catalog = checks->catalog;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && checks->next < catalog->count && has_room(checks)) {
		const struct catalog_entry *entry = catalog->entries[checks->next++];
		if (entry->kind == ENTRY_FILE)
			status = begin(checks, entry, failure);
	}
	return status;
}

/* --- Comparing ----------------------------------------------------------------------------------------------------- */

static void judge(struct checks *checks, struct check *check, const unsigned char *expected)
{
	struct digest digest;
	enum status status = hasher_piece(checks->compare->hasher, check->fd, check->source.size, check->judged, &digest);

	if (check->trouble == STATUS_OK && status != STATUS_OK && status != STATUS_CHANGED)
		check->trouble = status;
	/* STATUS_CHANGED: the file here ends before the piece does. */
	if (status != STATUS_OK || memcmp(digest.bytes, expected, sizeof digest.bytes) != 0)
		status = ranges_add(&check->wrong, check->judged, check->judged);
	if (status != STATUS_OK && check->trouble == STATUS_OK)
		check->trouble = status;
	check->judged++;
}

static enum status handle_pieces(struct checks *checks, struct check *check, struct span payload, struct failure *failure)
{
	struct pieces pieces;

	if (pieces_decode(payload, &pieces) != STATUS_OK || pieces.first != check->judged || pieces.count > check->asked - check->judged)
		return exchange_misfit(checks->compare->link, failure);
	for (uint32_t i = 0; i < pieces.count; i++)
		judge(checks, check, pieces.digests + i * sizeof(struct digest));
	return STATUS_OK;
}

static enum status handle_file(struct checks *checks, struct check *check, struct span payload, struct failure *failure)
{
	struct file file;

	if (file_decode(payload, &file) != STATUS_OK || file.kind != ENTRY_FILE ||
		(check->described && (file.size != check->source.size || !version_equal(&file.version, &check->source.version))))
		return exchange_misfit(checks->compare->link, failure);
	check->source = file;
	check->described = true;
	return STATUS_OK;
}

/* The whole answer. */
static enum status handle_answer(struct checks *checks, struct check *check, struct failure *failure)
{
	struct compare *compare = checks->compare;
	const uint64_t first = check->judged;
	struct frame frame;
	struct span payload;
	struct done done;
	enum status status = exchange_receive(compare->link, &compare->url, span_of(check->below), &frame, &payload, failure);

	if (status == STATUS_OK)
		status = frame.type == FRAME_FILE ? handle_file(checks, check, payload, failure) : exchange_misfit(compare->link, failure);
	while (status == STATUS_OK) {
		status = exchange_receive(compare->link, &compare->url, span_of(check->below), &frame, &payload, failure);
		if (status != STATUS_OK || frame.type == FRAME_DONE)
			break;
		status = frame.type == FRAME_PIECES ? handle_pieces(checks, check, payload, failure) : exchange_misfit(compare->link, failure);
	}
	if (status != STATUS_OK)
		return status;
	if (done_decode(payload, &done) != STATUS_OK || done.count != check->judged - first || done.count == 0)
		return exchange_misfit(compare->link, failure);
	link_answered(compare->link);
	return STATUS_OK;
}

static void tell(struct checks *checks, struct check *check)
{
	uint64_t pieces = piece_count(check->source.size), compared = comparable(check);
	struct compare_result result = {
		.below = check->below,
		.word = COMPARE_OK,
		.size = check->source.size,
		.pieces = pieces,
		.wrong = &check->wrong,
	};

	if (compared < pieces && check->trouble == STATUS_OK)
		check->trouble = ranges_add(&check->wrong, compared, pieces - 1);
	if (check->trouble != STATUS_OK) {
		fail_here(checks->compare, check->below, check->trouble);
		return;
	}
	if (check->size_here != check->source.size)
		result.remark = check->size_here < check->source.size ? "it is shorter here" : "it is longer here";
	if (result.remark || check->wrong.count > 0)
		result.word = COMPARE_DIFFERS;
	compare_tell(checks->compare, &result);
}

/* One answer; a file that needs more is asked about again, behind the others. */
static enum status handle_oldest(struct checks *checks, struct failure *failure)
{
	struct check *check = take_off(checks);
	enum status status = handle_answer(checks, check, failure);

	if (status == STATUS_OK && goes_on(check))
		return ask(checks, check, failure);
	if (status == STATUS_OK)
		tell(checks, check);
	else if (status == STATUS_REFUSED)
		compare_fail(checks->compare, check->below, failure);
	check_free(check);
	/* A refusal concerns one file, anything else the link. */
	return status == STATUS_REFUSED ? STATUS_OK : status;
}

enum status compare_files(struct compare *compare, const struct catalog *catalog, struct failure *failure)
{
	struct checks checks = {.compare = compare, .catalog = catalog};
	enum status status = ask_more(&checks, failure);

	while (status == STATUS_OK && checks.count > 0 && !compare->output.broken) {
		status = handle_oldest(&checks, failure);
		if (status == STATUS_OK)
			status = ask_more(&checks, failure);
	}
	while (checks.count > 0)
		check_free(take_off(&checks));
	return status;
}
