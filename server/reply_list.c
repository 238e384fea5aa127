/* LIST: everything that a folder holds, with -r everything below it. */
#include <assert.h>

#include "clock.h"
#include "file_state.h"
#include "folder.h"
#include "message.h"
#include "path.h"
#include "reply.h"
#include "resolve.h"

/* Entries that one step looks at; opening a folder counts as some. */
#define WORK_MAX 1000u
#define WORK_OF_FOLDER 4u

/* The longest entry of all: with that much room left in the frame, one more can always be written. */
#define ENTRY_MAX (ENTRY_FIXED_SIZE + PATH_LENGTH_MAX)

/* A folder of every legal depth, the listed one included, and those whose names are too deep to be listed. */
#define LEVELS (PATH_DEPTH_MAX + 1)

struct level {
	struct folder folder;
	size_t path_length; /* of the part of PATH that leads to this folder */
	bool cut;           /* it was reported that not all of it can be listed */
};

struct list {
	struct reply reply;
	bool recursive;
	uint64_t count;     /* of entries sent */
	unsigned owed;      /* names looked at that the budget does not count yet */
	struct ticket ticket;
	struct caps_part *part; /* pays for them; NULL: as in struct visitor */
	unsigned depth_max; /* of levels */
	size_t base_depth;  /* of the request's path */
	unsigned depth;     /* levels in use */
	struct level levels[LEVELS];
	char path[PATH_LENGTH_MAX + 1]; /* below the listed folder, of the entry that is looked at */
};

/* The ENTRIES frame that one step writes: begun with its first entry. */
struct page {
	struct writer *writer;
	unsigned char *mark; /* NULL: not begun */
	unsigned work;
};

static bool page_is_full(const struct page *page)
{
	size_t used = page->mark ? (size_t)(page->writer->next - page->mark) : FRAME_HEADER_SIZE;

	return page->work >= WORK_MAX || used + ENTRY_MAX > FRAME_HEADER_SIZE + FRAME_ANSWER_MAX;
}

static void page_add(struct page *page, struct list *list, const struct entry *entry)
{
	if (!page->mark)
		page->mark = entries_begin(page->writer, list->reply.number);
	entry_encode(page->writer, entry);
	page->work++;
	list->count++;
}

static void page_end(struct page *page)
{
	if (page->mark)
		frame_end(page->writer, page->mark);
}

static struct level *top(struct list *list)
{
	return &list->levels[list->depth - 1];
}

static struct span path_of(const struct list *list, size_t length)
{
	return (struct span){.bytes = (const unsigned char *)list->path, .length = length};
}

static void add_unreadable(struct page *page, struct list *list, size_t path_length, enum status why)
{
	page_add(page, list, &(struct entry){
		.kind = ENTRY_UNREADABLE,
		.reason = (uint16_t)error_code_of(why),
		.name = path_of(list, path_length),
	});
}

/* Appends NAME to the path of LEVEL; false if no request could name the result. */
static bool extend_path(struct list *list, const struct level *level, const char *name, size_t *length)
{
	size_t start = level->path_length + (level->path_length > 0);
	struct span last = span_of(name);
	size_t before = list->reply.path.length + (list->reply.path.length > 0);

	if (!path_name_legal(last) || list->depth > list->depth_max ||
		list->base_depth + list->depth > PATH_DEPTH_MAX || before + start + last.length > PATH_LENGTH_MAX)
		return false;
	if (level->path_length > 0)
		list->path[level->path_length] = '/';
	path_copy(list->path + start, last);
	*length = start + last.length;
	return true;
}

/* A name that no request could use is reported of its folder, once: silence would look like completeness. */
static void add_unnameable(struct page *page, struct list *list, struct level *level)
{
	if (!level->cut)
		add_unreadable(page, list, level->path_length, STATUS_LIMIT);
	level->cut = true;
}

static void add_found(struct page *page, struct list *list, const struct stat *stat, size_t path_length)
{
	struct file file = file_of_stat(stat);

	page_add(page, list, &(struct entry){
		.kind = file.kind,
		.mode = file.mode,
		.size = file.size,
		.mtime = file.mtime,
		.name = path_of(list, path_length),
	});
}

/*
 * A followed symlink to a file is listed as that file. One to a folder stays a symlink: a request may name that folder, but a
 * listing that went down there might never end.
 */
static void follow(const struct list *list, const struct turn *turn, size_t path_length, struct stat *stat)
{
	char path[PATH_LENGTH_MAX + 1];
	struct stat target;

	if (path_join(path, list->reply.path, path_of(list, path_length)) == STATUS_OK &&
		resolve_stat(turn->services, turn->visitor, span_of(path), &target) == STATUS_OK && S_ISREG(target.st_mode))
		*stat = target;
}

static enum folder_pass add_name(struct page *page, struct list *list, struct turn *turn, const char *name)
{
	struct level *level = top(list);
	struct stat stat;
	size_t length;

	page->work++;
	list->owed++;
	if (!extend_path(list, level, name, &length)) {
		add_unnameable(page, list, level);
		return FOLDER_PASS;
	}
	enum status status = folder_stat(&level->folder, turn->services, name, &stat);
	if (status == STATUS_OK && S_ISLNK(stat.st_mode) && level->folder.share->symlinks == BENEATH_SYMLINKS_INSIDE)
		follow(list, turn, length, &stat);
	if (status == STATUS_OK)
		add_found(page, list, &stat, length);
	else if (status != STATUS_NOT_FOUND) /* removed since: there is nothing to report */
		add_unreadable(page, list, length, status);
	return status == STATUS_OK && S_ISDIR(stat.st_mode) && list->recursive ? FOLDER_DESCEND : FOLDER_PASS;
}

/* STATUS_OK also if the subfolder could not be read, which is reported then. */
static enum status descend(struct page *page, struct list *list, struct turn *turn, const char *name)
{
	struct level *parent = top(list);
	struct level *level = parent + 1;
	size_t length = 0;
	/* It was listed, so it has a name. */
	bool nameable = extend_path(list, parent, name, &length);

	assert(nameable);
	page->work += WORK_OF_FOLDER;
	list->owed++;
	enum status status = folder_open_below(&level->folder, turn->services, &parent->folder, name);
	switch (status) {
	case STATUS_OK:
		level->path_length = length;
		level->cut = false;
		list->depth++;
		return STATUS_OK;
	case STATUS_BUSY:
	case STATUS_NO_FD:
	case STATUS_NO_MEMORY:
		return status;
	default:
		add_unreadable(page, list, length, status);
		return STATUS_OK;
	}
}

static void ascend(struct list *list, struct turn *turn)
{
	folder_close(&top(list)->folder, turn->services);
	list->depth--;
}

/* Reads on in the folder on top, or leaves it. */
static enum status read_on(struct page *page, struct list *list, struct turn *turn)
{
	struct level *level = top(list);
	enum status status = folder_read(&level->folder, turn->services);

	/* They have been read like others. */
	page->work += level->folder.unshown;
	list->owed += level->folder.unshown;
	if (status == STATUS_OK || status == STATUS_NO_MEMORY)
		return status;
	if (status != STATUS_END)
		add_unreadable(page, list, level->path_length, status);
	ascend(list, turn);
	return STATUS_OK;
}

static enum status list_one(struct page *page, struct list *list, struct turn *turn)
{
	struct folder *folder = &top(list)->folder;
	const char *name = folder_name(folder);

	if (name && list->count >= turn->services->settings->listing_entries)
		return STATUS_LIMIT;
	if (name) {
		folder_pass(folder, add_name(page, list, turn, name));
		return STATUS_OK;
	}
	name = folder_subfolder(folder);
	return name ? descend(page, list, turn, name) : read_on(page, list, turn);
}

static enum reply_result open_listed(struct list *list, struct turn *turn)
{
	enum status status = folder_open(&list->levels[0].folder, turn->services, turn->visitor, list->reply.path);

	if (status != STATUS_OK)
		return reply_fail(turn, status);
	list->base_depth = path_depth(list->reply.path);
	list->depth_max = turn->services->settings->listing_depth;
	list->depth = 1;
	return REPLY_MORE;
}

static enum reply_result finish(struct list *list, struct turn *turn)
{
	done_encode(output_writer(turn->output), list->reply.number, &(struct done){list->count});
	return REPLY_DONE;
}

/* 0: it may go on; else when it may. The cost of a step is known after it, and paid before the next one. */
static int64_t pay(struct list *list, struct turn *turn)
{
	int64_t until = 0;

	if (list->owed > 0)
		until = caps_ask(&turn->services->caps, turn->visitor->part, CAP_LISTING, &list->ticket, list->owed, clock_now());
	if (until == 0)
		list->owed = 0;
	return until;
}

static size_t memory_of(const struct list *list)
{
	size_t memory = sizeof(*list) + list->reply.path.length;

	for (unsigned i = 0; i < list->depth; i++)
		memory += folder_memory(&list->levels[i].folder);
	return memory;
}

static enum reply_result step(struct reply *reply, struct turn *turn)
{
	struct list *list = (struct list *)reply;
	struct page page = {.writer = output_writer(turn->output)};
	enum status status = STATUS_OK;

	list->part = turn->visitor->part;
	int64_t until = pay(list, turn);
	if (until != 0)
		return reply_park(turn, until);
	if (list->depth == 0)
		return open_listed(list, turn);
	while (status == STATUS_OK && list->depth > 0 && !page_is_full(&page))
		status = list_one(&page, list, turn);
	page_end(&page);
	reply->worked = list->count;
	reply->memory = memory_of(list);
	if (status != STATUS_OK)
		return reply_fail(turn, status);
	return list->depth > 0 ? REPLY_YIELD : finish(list, turn);
}

static void release(struct reply *reply, struct services *services)
{
	struct list *list = (struct list *)reply;

	while (list->depth > 0)
		folder_close(&list->levels[--list->depth].folder, services);
	/* The names of the last step; with a ticket their turn is booked already. */
	if (list->owed > 0 && list->ticket.stage == TICKET_NONE)
		caps_charge(&services->caps, list->part, CAP_LISTING, list->owed, clock_now());
}

static enum reply_reading reads(struct reply *reply, struct file_range *range)
{
	(void)reply;
	(void)range;
	return REPLY_READS_FOLDER;
}

static const struct reply_class list_class = {.name = "list", .step = step, .reads = reads, .release = release};

enum status reply_list_new(const struct frame *frame, struct span payload, struct reply **reply)
{
	struct list_request request;
	enum status status = list_request_decode(payload, frame->flags, &request);

	if (status != STATUS_OK)
		return status;
	struct list *list = (struct list *)reply_new(&list_class, sizeof(*list), request.path);
	if (!list)
		return STATUS_NO_MEMORY;
	list->recursive = request.recursive;
	list->owed = 1; /* for the folder */
	*reply = &list->reply;
	return STATUS_OK;
}
