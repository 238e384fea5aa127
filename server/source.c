/* Opens files in one version, checks that they stay in it, and hashes their pieces. */
#include "source.h"

#include <errno.h>
#include <unistd.h>

#include "all_bytes.h"
#include "clock.h"
#include "file_state.h"
#include "resolve.h"
#include "stored_piece.h"

/* No file system that is served has a coarser tick; without sub-seconds it may be as coarse as FAT's. */
#define TICK (20 * CLOCK_MS)
#define TICK_WITHOUT_SUBSECONDS (2 * CLOCK_SECOND)

/* A file that was changed again after so many waits is being written to: let the client decide. */
#define WAITS_MAX 3u

/* Nanoseconds until the version of STAT has settled; 0: it has. */
static int64_t unsettled_for(const struct stat *stat)
{
	int64_t tick = stat->st_ctim.tv_nsec == 0 ? TICK_WITHOUT_SUBSECONDS : TICK;
	int64_t changed = clock_of_timespec(stat->st_ctim);
	int64_t now = clock_real();

	/* A time far in the future comes from a clock that was set back: waiting for it would not end. */
	if (changed > now ? changed - now >= tick : now - changed >= tick)
		return 0;
	return changed + tick - now;
}

/* FD is taken over in any case. */
static enum status take_content(struct source *source, struct turn *turn, int fd)
{
	struct services *services = turn->services;
	struct caps_part *part = turn->visitor->part;
	enum status status = caps_take(&services->caps, part, CAP_READERS, 1);

	if (status != STATUS_OK) {
		close(fd);
		return status;
	}
	status = contents_take(services->contents, fd, &source->stat, &source->version, &source->content);
	if (status == STATUS_OK) {
		source->part = part;
		source->fd = content_fd(source->content);
	} else {
		caps_give(&services->caps, part, CAP_READERS, 1);
	}
	return status;
}

/* FD is taken over in any case. */
static enum status adopt(struct source *source, struct turn *turn, int fd)
{
	enum status status = STATUS_OK;

	source->content = NULL;
	if (source->stat.st_size > CONTENT_SIZE_MIN)
		status = take_content(source, turn, fd);
	else
		source->fd = fd;
	source->is_open = status == STATUS_OK;
	return status;
}

static enum status judge(struct source *source, const struct version *wanted)
{
	if (!version_is_any(wanted) && !version_equal(wanted, &source->version))
		return STATUS_CHANGED;
	int64_t wait = unsettled_for(&source->stat);
	if (wait > 0 && source->waits++ == WAITS_MAX)
		return STATUS_CHANGED;
	source->wait_until = wait > 0 ? clock_now() + wait : 0;
	return STATUS_OK;
}

enum status source_open(struct source *source, struct turn *turn, struct span path, const struct version *wanted,
	int64_t *wait_until)
{
	struct opened_file file;
	enum status status;

	*wait_until = source->wait_until;
	if (clock_now() < source->wait_until)
		return STATUS_OK;
	status = resolve_file(turn->services, turn->visitor, path, turn->last_folder, &file);
	if (status != STATUS_OK)
		return status;
	source->stat = file.stat;
	source->in_memory = file.in_memory;
	version_of_stat(turn->bench->lanes, &source->stat, &source->version);
	status = judge(source, wanted);
	*wait_until = source->wait_until;
	if (status == STATUS_OK && source->wait_until == 0)
		return adopt(source, turn, file.fd);
	close(file.fd);
	return status;
}

void source_release(struct source *source, struct services *services)
{
	if (!source->is_open)
		return;
	if (source->content) {
		content_release(services->contents, source->content);
		caps_give(&services->caps, source->part, CAP_READERS, 1);
	} else {
		close(source->fd);
	}
	source->is_open = false;
}

uint64_t source_size(const struct source *source)
{
	return (uint64_t)source->stat.st_size;
}

enum status source_range(const struct source *source, const struct version *wanted, uint64_t first, uint64_t *end)
{
	uint64_t pieces = piece_count(source_size(source));

	if (version_is_any(wanted) && (first != 0 || *end != 1))
		return STATUS_RANGE;
	if (first >= pieces)
		return STATUS_RANGE;
	if (*end > pieces)
		*end = pieces;
	return STATUS_OK;
}

void source_describe(struct source *source, struct turn *turn, uint16_t number, const struct digest *root)
{
	struct file file = file_of_stat(&source->stat);

	file.version = source->version;
	file.root_known = root != NULL;
	if (root)
		file.root = *root;
	file_encode(output_writer(turn->output), number, &file);
}

void source_announce(struct source *source, struct turn *turn, uint16_t number, enum remembering remembering)
{
	struct digest root;
	bool known = remembering == REMEMBER_AGREEING && source_root(source, turn, &root);

	source_describe(source, turn, number, known ? &root : NULL);
}

enum status source_check(struct source *source, struct turn *turn)
{
	struct stat stat;

	if (source->content)
		return content_check(turn->services->contents, source->content);
	if (fstat(source->fd, &stat) < 0)
		return status_from_errno(errno);
	return file_state_is_same(&source->stat, &stat) ? STATUS_OK : STATUS_CHANGED;
}

bool source_known(struct source *source, uint64_t piece, struct digest *digest)
{
	return source->content && content_digest(source->content, piece, digest);
}

bool source_root(struct source *source, struct turn *turn, struct digest *root)
{
	return source->content && content_root(source->content, turn->bench->lanes, root);
}

enum status source_read(const struct source *source, void *bytes, size_t length, uint64_t offset)
{
	size_t got = 0;
	enum status status = all_bytes_read_at(source->fd, bytes, length, offset, &got);

	return status == STATUS_OK && got < length ? STATUS_CHANGED : status;
}

struct file_range source_file_range(const struct source *source, uint64_t piece)
{
	return (struct file_range){
		.fd = source->fd,
		.offset = piece * PIECE_SIZE,
		.length = piece_length(source_size(source), piece),
		.in_memory = source->in_memory,
		.cold_at = source->content ? content_cold_at(source->content) : NULL,
	};
}

enum status source_compute(const struct source *source, struct workbench *bench, uint64_t index, struct digest *digest)
{
	struct stored_piece stored = {.fd = source->fd, .file_size = source_size(source), .index = index};
	struct stored_piece_room room = {.bytes = bench->hashing, .size = WORKBENCH_HASHING};

	return stored_piece_digest(&stored, bench->lanes, room, digest);
}

static enum status remember(struct source *source, struct turn *turn, uint64_t piece, enum remembering remembering,
	const struct digest *digest)
{
	struct digest remembered;
	enum status status;

	if (!source->content)
		return STATUS_OK;
	if (remembering == REMEMBER_FRESH)
		status = content_refresh(source->content, piece, digest);
	else
		status = content_remember(turn->services->contents, source->content, piece, digest);
	/* Without memory nothing is remembered: a reply that counts on it would hash for ever. */
	if (status == STATUS_OK && !content_digest(source->content, piece, &remembered))
		status = STATUS_NO_MEMORY;
	return status;
}

enum status source_remember(struct source *source, struct turn *turn, uint64_t piece, enum remembering remembering,
	const struct digest *digest)
{
	enum status status = source_check(source, turn);

	if (status == STATUS_OK)
		status = remember(source, turn, piece, remembering, digest);
	if (status == STATUS_OK)
		atomic_fetch_add(&turn->services->tally.hashed, piece_length(source_size(source), piece));
	return status;
}

enum status source_hash(struct source *source, struct turn *turn, uint64_t piece, enum remembering remembering,
	struct digest *digest)
{
	struct digest computed;
	enum status status = source_compute(source, turn->bench, piece, &computed);

	if (status == STATUS_OK)
		status = source_remember(source, turn, piece, remembering, &computed);
	if (status == STATUS_OK)
		*digest = computed;
	return status;
}
