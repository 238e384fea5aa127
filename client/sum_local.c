/* Digests of files here: one file, or all regular files below a folder, as a server would list them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "hasher.h"
#include "path.h"
#include "record.h"
#include "sum.h"
#include "text.h"
#include "trusted.h"
#include "walk.h"

struct local {
	struct sum *sum;
	const char *operand;
	struct walk walk; /* below the operand; "" is the operand itself */
};

/* "dir/" and "dir" both end in dir; "/" alone has no last component. */
static struct span last_of(const char *operand)
{
	size_t end = strlen(operand);

	while (end > 1 && operand[end - 1] == '/')
		end--;
	const char *slash = memrchr(operand, '/', end);
	size_t start = slash && end > 1 ? (size_t)(slash - operand) + 1 : 0;
	return (struct span){(const unsigned char *)operand + start, end - start};
}

static struct sum_item item_of(const struct local *local, uint64_t size)
{
	struct span below = span_of(local->walk.below);

	return (struct sum_item){.name = below.length > 0 ? below : last_of(local->operand), .size = size};
}

static void fail(struct local *local, enum status status)
{
	struct sum_item item = item_of(local, RECORD_UNKNOWN);
	char operand[FAILURE_TEXT_SIZE / 4], below[FAILURE_TEXT_SIZE / 2];
	struct failure failure;

	text_escape(operand, sizeof operand, span_of(local->operand));
	text_escape(below, sizeof below, span_of(local->walk.below));
	failure_set(&failure, FAILURE_LOCAL, status, "%s%s%s", operand, *below ? "/" : "", below);
	sum_fail(local->sum, &item, &failure);
}

/* Takes over FD, a regular file. */
static void sum_file(struct local *local, int fd, const struct stat *stat)
{
	struct sum_item item = item_of(local, (uint64_t)stat->st_size);
	struct digest digest;
	enum status status = hasher_file(local->sum->hasher, fd, item.size, &digest);

	close(fd);
	if (status == STATUS_OK)
		sum_tell(local->sum, &item, &digest);
	else
		fail(local, status);
}

static void fail_walk(struct walk *walk, enum status status)
{
	fail(walk->context, status);
}

/* Symlinks and specials have no digest, here as at a server. */
static void visit(struct walk *walk, int folder, const char *name)
{
	struct stat stat;
	int fd;
	enum status status = beneath_stat_name(folder, name, &stat);

	if (status == STATUS_OK && S_ISDIR(stat.st_mode)) {
		status = beneath_open_folder(folder, name, BENEATH_NO_SYMLINKS, &fd);
		if (status == STATUS_OK)
			walk_folder(walk, fd);
	} else if (status == STATUS_OK && S_ISREG(stat.st_mode)) {
		status = beneath_open_file(folder, name, BENEATH_NO_SYMLINKS, &fd, &stat);
		if (status == STATUS_OK)
			sum_file(walk->context, fd, &stat);
	}
	if (status != STATUS_OK)
		fail_walk(walk, status);
}

/* Takes over FD, a file of any kind. */
static void sum_operand(struct local *local, int fd)
{
	struct sum_item item = item_of(local, RECORD_UNKNOWN);
	struct stat stat;
	enum status status = fstat(fd, &stat) == 0 ? STATUS_OK : status_from_errno(errno);

	if (status == STATUS_OK && S_ISREG(stat.st_mode)) {
		sum_file(local, fd, &stat);
		return;
	}
	if (status == STATUS_OK && S_ISDIR(stat.st_mode) && local->sum->options->recursive) {
		walk_folder(&local->walk, fd);
		return;
	}
	if (status == STATUS_OK && S_ISDIR(stat.st_mode))
		sum_refuse_folder(local->sum, &item, local->operand);
	else
		fail(local, status == STATUS_OK ? STATUS_NOT_REGULAR : status);
	close(fd);
}

/* Makes the hasher for the first local operand; the others share it. */
static enum status prepare(struct sum *sum)
{
	struct sum_item nothing = {.size = RECORD_UNKNOWN};
	struct failure failure;

	if (sum->hasher)
		return STATUS_OK;
	enum status status = hasher_new(sum->options->tree ? HASHER_TREE : HASHER_FLAT, &sum->hasher);
	if (status == STATUS_OK)
		return STATUS_OK;
	failure_set_lanes(&failure, status);
	sum_fail(sum, &nothing, &failure);
	return status;
}

void sum_local(struct sum *sum, const char *operand)
{
	struct local local = {
		.sum = sum,
		.operand = operand,
		.walk = {.context = &local, .visit = visit, .fail = fail_walk, .over = &sum->output.broken},
	};
	int fd;

	if (prepare(sum) != STATUS_OK)
		return;
	/* Not blocking: a FIFO must not hold us before it is refused. */
	enum status status = trusted_open(operand, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd);
	if (status == STATUS_OK)
		sum_operand(&local, fd);
	else
		fail(&local, status);
}
