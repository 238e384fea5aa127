/* Draws the progress of a run in a thread of its own, and is the only writer to stderr meanwhile. */
#include "progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "progress_line.h"

#define BAR_INTERVAL (125 * CLOCK_MS)
#define LINES_INTERVAL (3 * CLOCK_SECOND)
#define RATE_MEMORY (3 * CLOCK_SECOND) /* how far back the smoothed rate looks */
#define CLEAR_TO_END "\x1b[K"

struct progress {
	enum progress_style style; /* never PROGRESS_AUTO */
	const struct progress_counters *counters;
	int64_t started;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stopped;
	/* guarded by lock */
	bool stop;
	bool held; /* nothing is drawn */
	char drawn[PROGRESS_LINE_SIZE]; /* the bar that is on the terminal, "" when there is none */
	int64_t sampled;                /* when the rate was last updated */
	uint64_t sampled_bytes;
	double rate;                    /* bytes per second */
};

/* A terminal that is gone is no reason to fail. */
static void put(const char *text, size_t length)
{
	while (length > 0) {
		ssize_t written = write(STDERR_FILENO, text, length);
		if (written <= 0)
			return;
		text += written;
		length -= (size_t)written;
	}
}

static size_t terminal_width(void)
{
	struct winsize size;

	/* The last column stays free: many terminals wrap when it is filled. */
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
		return size.ws_col - 1u;
	return 79;
}

/*
 * Exponential smoothing; at first the plain average since the start, which an exponential one would approach too slowly.
 * Caller holds lock.
 */
static void update_rate(struct progress *progress, uint64_t bytes, int64_t now)
{
	double step = (double)(now - progress->sampled), elapsed = (double)(now - progress->started);
	double weight = step / (step + (double)RATE_MEMORY);

	if (step <= 0)
		return;
	if (weight < step / elapsed)
		weight = step / elapsed;
	double current = (double)(bytes - progress->sampled_bytes) * (double)CLOCK_SECOND / step;
	progress->rate += (current - progress->rate) * weight;
	progress->sampled = now;
	progress->sampled_bytes = bytes;
}

/* The average rate of a finished run, in bytes per second. */
static uint64_t average(const struct progress_figures *figures)
{
	double bytes = (double)(figures->bytes_fetched + figures->bytes_verified);

	return figures->elapsed > 0 ? (uint64_t)(bytes * (double)CLOCK_SECOND / (double)figures->elapsed) : 0;
}

/* Caller holds lock. */
static struct progress_figures take_figures(struct progress *progress)
{
	const struct progress_counters *counters = progress->counters;
	int64_t now = clock_now();
	struct progress_figures figures = {
		/* Counters of work done are read before those of work known, lest more be done than known. */
		.files_done = atomic_load(&counters->files_done),
		.bytes_fetched = atomic_load(&counters->bytes_fetched),
		.bytes_verified = atomic_load(&counters->bytes_verified),
		.bytes_kept = atomic_load(&counters->bytes_kept),
		.elapsed = now - progress->started,
		.finished = progress->stop,
	};

	figures.listing = atomic_load(&counters->listing);
	figures.files_known = atomic_load(&counters->files_known);
	figures.bytes_known = atomic_load(&counters->bytes_known);
	/* Bytes as they come, since at a limited rate a piece takes long to be proven; the average counts proven bytes. */
	update_rate(progress, atomic_load(&counters->bytes_received) + figures.bytes_verified, now);
	figures.rate = figures.finished ? average(&figures) : (uint64_t)progress->rate;
	return figures;
}

/* One write: the terminal never shows a half-drawn or a cleared line. Caller holds lock. */
static void draw_bar(struct progress *progress, const char *end)
{
	struct progress_figures figures = take_figures(progress);
	char text[PROGRESS_LINE_SIZE + 8];

	progress_line(progress->drawn, terminal_width(), &figures);
	int length = snprintf(text, sizeof text, "\r%s" CLEAR_TO_END "%s", progress->drawn, end);
	put(text, (size_t)length);
}

/* Caller holds lock. */
static void write_line(struct progress *progress)
{
	struct progress_figures figures = take_figures(progress);
	char text[PROGRESS_LINE_SIZE + 1];
	size_t length = progress_line(text, PROGRESS_LINE_MAX, &figures);

	text[length++] = '\n';
	put(text, length);
}

/* A run that got nothing done has nothing to show. Caller holds lock. */
static void draw_last(struct progress *progress)
{
	const struct progress_counters *counters = progress->counters;
	bool some = atomic_load(&counters->files_done) > 0 || atomic_load(&counters->bytes_fetched) > 0;

	if (progress->style == PROGRESS_LINES && some)
		write_line(progress);
	if (progress->style == PROGRESS_BAR && (some || progress->drawn[0] != '\0'))
		draw_bar(progress, "\n");
}

/* Caller holds lock. */
static void draw_again(struct progress *progress)
{
	if (progress->style == PROGRESS_BAR)
		draw_bar(progress, "");
	else
		write_line(progress);
}

static void *draw(void *argument)
{
	struct progress *progress = argument;
	int64_t interval = progress->style == PROGRESS_BAR ? BAR_INTERVAL : LINES_INTERVAL;
	int64_t next = progress->started + interval;

	pthread_mutex_lock(&progress->lock);
	while (!progress->stop) {
		clock_wait(&progress->stopped, &progress->lock, next);
		if (progress->stop || clock_now() < next)
			continue;
		if (!progress->held)
			draw_again(progress);
		next = clock_now() + interval;
	}
	draw_last(progress);
	/* Later messages come below the last bar. */
	progress->drawn[0] = '\0';
	pthread_mutex_unlock(&progress->lock);
	return NULL;
}

static enum progress_style choose_style(enum progress_style style)
{
	const char *terminal = getenv("TERM");

	if (style != PROGRESS_AUTO)
		return style;
	if (isatty(STDERR_FILENO) && !(terminal && strcmp(terminal, "dumb") == 0))
		return PROGRESS_BAR;
	return PROGRESS_LINES;
}

/* Signals belong to main: the thread that draws takes none. */
static int start_thread(struct progress *progress)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&progress->thread, NULL, draw, progress);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

void progress_free(struct progress *progress)
{
	if (!progress)
		return;
	pthread_cond_destroy(&progress->stopped);
	pthread_mutex_destroy(&progress->lock);
	free(progress);
}

enum status progress_start(enum progress_style style, const struct progress_counters *counters, struct progress **progress)
{
	struct progress *made = calloc(1, sizeof *made);

	if (!made)
		return STATUS_NO_MEMORY;
	made->style = choose_style(style);
	made->counters = counters;
	made->started = made->sampled = clock_now();
	pthread_mutex_init(&made->lock, NULL);
	clock_condition_init(&made->stopped);
	int error = made->style == PROGRESS_NONE ? 0 : start_thread(made);
	if (error) {
		progress_free(made);
		return status_from_thread(error);
	}
	*progress = made;
	return STATUS_OK;
}

void progress_stop(struct progress *progress)
{
	if (!progress)
		return;
	pthread_mutex_lock(&progress->lock);
	progress->stop = true;
	pthread_cond_signal(&progress->stopped);
	pthread_mutex_unlock(&progress->lock);
	if (progress->style != PROGRESS_NONE)
		pthread_join(progress->thread, NULL);
}

/* Everything in one write, whatever the text's length; in several only when memory is short. */
static void put_around(const char *drawn, const char *text)
{
	char *whole = NULL;
	int length = *drawn ? asprintf(&whole, "\r" CLEAR_TO_END "%s\n%s", text, drawn) : asprintf(&whole, "%s\n", text);

	if (length >= 0) {
		put(whole, (size_t)length);
		free(whole);
		return;
	}
	put(text, strlen(text));
	put("\n", 1);
}

void progress_print(struct progress *progress, const char *text)
{
	if (!progress) {
		put_around("", text);
		return;
	}
	pthread_mutex_lock(&progress->lock);
	put_around(progress->drawn, text);
	pthread_mutex_unlock(&progress->lock);
}

void progress_hold(struct progress *progress)
{
	static const char clear[] = "\r" CLEAR_TO_END;

	if (!progress)
		return;
	pthread_mutex_lock(&progress->lock);
	progress->held = true;
	if (progress->drawn[0] != '\0')
		put(clear, sizeof clear - 1);
	progress->drawn[0] = '\0';
	pthread_mutex_unlock(&progress->lock);
}

void progress_go_on(struct progress *progress)
{
	if (!progress)
		return;
	pthread_mutex_lock(&progress->lock);
	progress->held = false;
	pthread_mutex_unlock(&progress->lock);
}
