/* Writes the parts of a progress line, and chooses those that fit into it. */
#include "progress_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "amount.h"
#include "clock.h"

/* Parts in the order of the line; an empty one is left out, and so is the gap beside it. */
enum part {
	PART_FILES,
	PART_BYTES,
	PART_PERCENT,
	PART_BAR,
	PART_RATE,
	PART_TIME,
	PART_ORIGINS,
	PART_COUNT
};

/* Parts in the order of their importance: each gets a place if there is room left. */
static const enum part by_weight[PART_COUNT] = {
	PART_PERCENT, PART_RATE, PART_BYTES, PART_TIME, PART_FILES, PART_BAR, PART_ORIGINS,
};

#define PART_SIZE 96
#define GAP 2u
#define BAR_MIN 12u /* brackets included; a shorter one says nothing */
#define BAR_MAX 42u

struct parts {
	char text[PART_COUNT][PART_SIZE];
	bool chosen[PART_COUNT];
	size_t length; /* of the chosen ones, gaps included */
};

static uint64_t bytes_done(const struct progress_figures *figures)
{
	return figures->bytes_fetched + figures->bytes_verified + figures->bytes_kept;
}

/* Thousandths of the known bytes, or of the files if there are no bytes; 1000 only when nothing is left. */
static unsigned permille(const struct progress_figures *figures)
{
	bool empty = figures->bytes_known == 0;
	uint64_t done = empty ? figures->files_done : bytes_done(figures);
	uint64_t known = empty ? figures->files_known : figures->bytes_known;

	if (done >= known)
		return known > 0 ? 1000 : 0;
	unsigned share = (unsigned)((double)done * 1000.0 / (double)known);
	return share < 1000 ? share : 999;
}

static void write_files(char *out, const struct progress_figures *figures)
{
	const char *word = figures->files_known == 1 ? "file" : "files";

	if (figures->files_done == figures->files_known && !figures->listing)
		snprintf(out, PART_SIZE, "%" PRIu64 " %s", figures->files_done, word);
	else
		snprintf(out, PART_SIZE, "%" PRIu64 "/%" PRIu64 "%s %s", figures->files_done, figures->files_known,
			figures->listing ? "+" : "", word);
}

static void write_bytes(char *out, const struct progress_figures *figures)
{
	char done[AMOUNT_SIZE], known[AMOUNT_SIZE];

	amount_bytes(done, bytes_done(figures));
	amount_bytes(known, figures->bytes_known);
	if (bytes_done(figures) == figures->bytes_known && !figures->listing)
		snprintf(out, PART_SIZE, "%s", done);
	else
		snprintf(out, PART_SIZE, "%s of %s%s", done, known, figures->listing ? "+" : "");
}

static void write_percent(char *out, const struct progress_figures *figures)
{
	if (figures->listing)
		snprintf(out, PART_SIZE, "listing");
	else if (!figures->finished || permille(figures) < 1000)
		snprintf(out, PART_SIZE, "%3u%%", permille(figures) / 10);
}

static void write_rate(char *out, const struct progress_figures *figures)
{
	char rate[AMOUNT_SIZE];

	if (figures->rate > 0)
		snprintf(out, PART_SIZE, "%s/s", amount_bytes(rate, figures->rate));
}

static void write_time(char *out, const struct progress_figures *figures)
{
	char time[AMOUNT_SIZE];
	uint64_t done = bytes_done(figures);

	if (figures->finished) {
		snprintf(out, PART_SIZE, "in %s", amount_took(time, figures->elapsed));
	} else if (!figures->listing && figures->rate > 0 && done < figures->bytes_known) {
		double seconds = (double)(figures->bytes_known - done) / (double)figures->rate;
		/* Rounded up: "0:00 left" would be a lie. */
		int64_t left = seconds < 1e9 ? (int64_t)(seconds * (double)CLOCK_SECOND) + CLOCK_SECOND - 1 : CLOCK_NEVER;
		snprintf(out, PART_SIZE, "%s left", amount_clock(time, left));
	}
}

/* Only if not everything came from the network. */
static void write_origins(char *out, const struct progress_figures *figures)
{
	const struct {
		const char *word;
		uint64_t bytes;
	} origins[] = {
		{"fetched", figures->bytes_fetched}, {"verified", figures->bytes_verified}, {"kept", figures->bytes_kept},
	};
	size_t used = 0;

	if (figures->bytes_verified == 0 && figures->bytes_kept == 0)
		return;
	for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
		char amount[AMOUNT_SIZE];
		if (origins[i].bytes > 0)
			used += (size_t)snprintf(out + used, PART_SIZE - used, "%s%s %s", used > 0 ? ", " : "(", origins[i].word,
				amount_bytes(amount, origins[i].bytes));
	}
	snprintf(out + used, PART_SIZE - used, ")");
}

static void write_bar(char *out, size_t width, const struct progress_figures *figures)
{
	size_t inside = width - 2;
	size_t full = inside * permille(figures) / 1000;

	out[0] = '[';
	memset(out + 1, '#', full);
	memset(out + 1 + full, '-', inside - full);
	memcpy(out + 1 + inside, "]", 2);
}

/* The bar takes the room that the other parts leave. */
static void add_bar(struct parts *parts, size_t width, const struct progress_figures *figures)
{
	size_t origins = strlen(parts->text[PART_ORIGINS]);
	size_t taken = parts->length + GAP + (origins > 0 ? GAP + origins : 0);
	size_t room = width > taken ? width - taken : 0;

	if (figures->listing || figures->finished || room < BAR_MIN)
		return;
	write_bar(parts->text[PART_BAR], room < BAR_MAX ? room : BAR_MAX, figures);
}

static void choose(struct parts *parts, enum part part, size_t width)
{
	size_t length = strlen(parts->text[part]);
	size_t with_gap = parts->length > 0 ? length + GAP : length;

	if (length == 0 || parts->length + with_gap > width)
		return;
	parts->chosen[part] = true;
	parts->length += with_gap;
}

static size_t join(char *out, const struct parts *parts)
{
	size_t used = 0;

	out[0] = '\0';
	for (int part = 0; part < PART_COUNT; part++) {
		if (parts->chosen[part])
			used += (size_t)snprintf(out + used, PROGRESS_LINE_SIZE - used, "%s%s", used > 0 ? "  " : "", parts->text[part]);
	}
	return used;
}

size_t progress_line(char out[PROGRESS_LINE_SIZE], size_t width, const struct progress_figures *figures)
{
	struct parts parts = {0};

	if (width > PROGRESS_LINE_MAX)
		width = PROGRESS_LINE_MAX;
	write_files(parts.text[PART_FILES], figures);
	write_bytes(parts.text[PART_BYTES], figures);
	write_percent(parts.text[PART_PERCENT], figures);
	write_rate(parts.text[PART_RATE], figures);
	write_time(parts.text[PART_TIME], figures);
	write_origins(parts.text[PART_ORIGINS], figures);
	for (size_t i = 0; i < PART_COUNT; i++) {
		if (by_weight[i] == PART_BAR)
			add_bar(&parts, width, figures);
		choose(&parts, by_weight[i], width);
	}
	return join(out, &parts);
}
