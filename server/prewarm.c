/* Walks through all shares and hashes pieces that are not remembered, at the pace of an idle thread. */
#include "prewarm.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "folder.h"
#include "idle_thread.h"
#include "log.h"
#include "path.h"
#include "reply.h"
#include "shared_digests.h"
#include "source.h"
#include "threads.h"
#include "workbench.h"

/* A folder of every depth that a request can name. */
#define LEVELS (PATH_DEPTH_MAX + 1)

struct level {
	struct folder folder;
	size_t path_length; /* of the part of PATH that leads to it */
};

struct prewarm {
	struct services *services;
	struct workbench bench;
	int halt_fd; /* readable once it is to halt */
	pthread_t thread;
	struct idle_thread *idle;
	/* The thread's alone. */
	uint64_t files;
	uint64_t bytes;
	unsigned depth; /* levels in use */
	struct level levels[LEVELS];
	char path[PATH_LENGTH_MAX + 1]; /* of the folder on top */
};

/* Waits up to DURATION nanoseconds; true when it is to halt. */
static bool halted_within(const struct prewarm *prewarm, int64_t duration)
{
	struct timespec timeout = clock_to_timespec(duration > 0 ? duration : 0);

	return ppoll(&(struct pollfd){.fd = prewarm->halt_fd, .events = POLLIN}, 1, &timeout, NULL) > 0;
}

static bool halted(const struct prewarm *prewarm)
{
	return halted_within(prewarm, 0);
}

/* Nanoseconds until digests of the file may be remembered. */
static int64_t unrememberable_for(const struct stat *stat)
{
	return clock_of_timespec(stat->st_ctim) + SHARED_DIGESTS_SETTLED - clock_real();
}

static struct turn turn_of(struct prewarm *prewarm)
{
	return (struct turn){.services = prewarm->services, .bench = &prewarm->bench, .visitor = &VISITOR_SELF};
}

struct computation {
	const struct source *source;
	struct workbench *bench;
	uint64_t piece;
	enum status status;
	struct digest digest;
};

static void compute(void *argument)
{
	struct computation *computation = argument;

	computation->status = source_compute(computation->source, computation->bench, computation->piece, &computation->digest);
}

static enum status hash_piece(struct prewarm *prewarm, struct source *source, uint64_t piece)
{
	struct turn turn = turn_of(prewarm);
	struct computation computation = {.source = source, .bench = &prewarm->bench, .piece = piece};

	idle_thread_do(prewarm->idle, compute, &computation);
	if (computation.status != STATUS_OK)
		return computation.status;
	return source_remember(source, &turn, piece, REMEMBER_AGREEING, &computation.digest);
}

static void hash_file(struct prewarm *prewarm, struct source *source)
{
	uint64_t pieces = piece_count(source_size(source));
	struct digest digest;

	for (uint64_t piece = 0; piece < pieces; piece++) {
		if (source_known(source, piece, &digest))
			continue;
		if (halted(prewarm) || hash_piece(prewarm, source, piece) != STATUS_OK)
			return;
		prewarm->bytes += piece_length(source_size(source), piece);
	}
	prewarm->files++;
}

/* A file that can't be opened, or changes all the time, is left to the request that wants it. */
static void warm(struct prewarm *prewarm, const char *path)
{
	static const struct version any;
	struct turn turn = turn_of(prewarm);
	struct source source = {.is_open = false};
	int64_t wait_until = 0;
	enum status status;

	do
		status = source_open(&source, &turn, span_of(path), &any, &wait_until);
	while (status == STATUS_OK && wait_until != 0 && !halted_within(prewarm, wait_until - clock_now()));
	if (source.is_open && unrememberable_for(&source.stat) <= 0)
		hash_file(prewarm, &source);
	source_release(&source, prewarm->services);
}

static struct level *top(struct prewarm *prewarm)
{
	return &prewarm->levels[prewarm->depth - 1];
}

/* The path of NAME in the folder on top. */
static enum status path_of(const struct prewarm *prewarm, const char *name, char path[PATH_LENGTH_MAX + 1])
{
	size_t length = prewarm->levels[prewarm->depth - 1].path_length;

	return path_join(path, (struct span){(const unsigned char *)prewarm->path, length}, span_of(name));
}

static enum folder_pass look_at(struct prewarm *prewarm, const char *name)
{
	char path[PATH_LENGTH_MAX + 1];
	struct stat stat;

	if (path_of(prewarm, name, path) != STATUS_OK ||
		folder_stat(&top(prewarm)->folder, prewarm->services, name, &stat) != STATUS_OK)
		return FOLDER_PASS;
	if (S_ISREG(stat.st_mode) && stat.st_size > PIECE_SIZE) {
		int64_t wait = unrememberable_for(&stat);
		if (wait <= 0 || (wait <= SHARED_DIGESTS_SETTLED && !halted_within(prewarm, wait)))
			warm(prewarm, path);
	}
	return S_ISDIR(stat.st_mode) && prewarm->depth < LEVELS ? FOLDER_DESCEND : FOLDER_PASS;
}

static void descend(struct prewarm *prewarm, const char *name)
{
	struct level *below = top(prewarm) + 1;
	char path[PATH_LENGTH_MAX + 1];

	if (path_of(prewarm, name, path) != STATUS_OK ||
		folder_open_below(&below->folder, prewarm->services, &top(prewarm)->folder, name) != STATUS_OK)
		return;
	path_copy(prewarm->path, span_of(path));
	below->path_length = span_of(path).length;
	prewarm->depth++;
}

static void read_on(struct prewarm *prewarm)
{
	struct folder *folder = &top(prewarm)->folder;

	idle_thread_do(prewarm->idle, NULL, NULL);
	if (folder_read(folder, prewarm->services) == STATUS_OK)
		return;
	folder_close(folder, prewarm->services);
	prewarm->depth--;
}

static void walk_on(struct prewarm *prewarm)
{
	struct folder *folder = &top(prewarm)->folder;
	const char *name = folder_name(folder);

	if (name)
		folder_pass(folder, look_at(prewarm, name));
	else if ((name = folder_subfolder(folder)))
		descend(prewarm, name);
	else
		read_on(prewarm);
}

static void *run(void *argument)
{
	struct prewarm *prewarm = argument;
	struct services *services = prewarm->services;
	int64_t started = clock_now();

	if (folder_open(&prewarm->levels[0].folder, services, &VISITOR_SELF, span_of("")) == STATUS_OK)
		prewarm->depth = 1;
	while (prewarm->depth > 0 && !halted(prewarm))
		walk_on(prewarm);
	log_line(LOG_INFO, "event=prewarmed files=%ju hashed=%ju ms=%jd complete=%s", (uintmax_t)prewarm->files,
		(uintmax_t)prewarm->bytes, (intmax_t)((clock_now() - started) / CLOCK_MS), prewarm->depth == 0 ? "yes" : "no");
	while (prewarm->depth > 0)
		folder_close(&prewarm->levels[--prewarm->depth].folder, services);
	log_flush();
	gate_leave(&services->gate);
	return NULL;
}

static void release(struct prewarm *prewarm)
{
	idle_thread_free(prewarm->idle);
	workbench_release(&prewarm->bench);
	if (prewarm->halt_fd >= 0)
		close(prewarm->halt_fd);
	free(prewarm);
}

static enum status prepare(struct prewarm *prewarm, struct services *services)
{
	prewarm->services = services;
	prewarm->halt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (prewarm->halt_fd < 0)
		return status_from_errno(errno);
	enum status status = workbench_init(&prewarm->bench, services);
	if (status == STATUS_OK)
		status = idle_thread_start("prewarm-idle", &prewarm->idle);
	if (status != STATUS_OK)
		return status;
	gate_enter(&services->gate);
	status = thread_start(&prewarm->thread, "prewarm", run, prewarm);
	if (status != STATUS_OK)
		gate_leave(&services->gate);
	return status;
}

enum status prewarm_start(struct services *services, struct prewarm **prewarm)
{
	struct prewarm *made = calloc(1, sizeof(*made));

	if (!made)
		return STATUS_NO_MEMORY;
	enum status status = prepare(made, services);
	if (status == STATUS_OK)
		*prewarm = made;
	else
		release(made);
	return status;
}

void prewarm_halt(struct prewarm *prewarm)
{
	if (prewarm)
		eventfd_write(prewarm->halt_fd, 1);
}

void prewarm_free(struct prewarm *prewarm)
{
	if (!prewarm)
		return;
	prewarm_halt(prewarm);
	pthread_join(prewarm->thread, NULL);
	release(prewarm);
}
