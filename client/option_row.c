/* The rows of all options, and the one way in which a value is checked and stored. */
#include "option_row.h"

#include <ctype.h>
#include <string.h>

#include "clock.h"
#include "congestion.h"
#include "hex.h"
#include "limit.h"
#include "path.h"
#include "text.h"

enum {
	GET = 1,
	LS = 2,
	STAT = 4,
	SUM = 8,
	VERIFY = 16,
	PING = 32,
	NETWORK = GET | LS | STAT | SUM | VERIFY | PING,
	EVERYWHERE = 255,
};

static const struct {
	const char *command;
	unsigned bit;
} command_bits[] = {
	{"get", GET}, {"ls", LS}, {"stat", STAT}, {"sum", SUM}, {"verify", VERIFY}, {"ping", PING},
};

#define PLACE(member) offsetof(struct options, member)

#define RETRY_MAX 1000000

const struct option_row OPTION_ROWS[] = {
	{"output", 'o', OPTION_ONCE, GET, PLACE(output), 0, 0, "FILE", "write to FILE; - is the standard output"},
	{"directory", 'd', OPTION_TEXT, GET, PLACE(directory), 0, 0, "DIR", "write below DIR, which is made if need be"},
	{"recursive", 'r', OPTION_FLAG, GET | LS | SUM, PLACE(recursive), 0, 0, NULL, "folders too, with all that is in them"},
	{"input", 'i', OPTION_ONCE, GET, PLACE(input), 0, 0, "MANIFEST", "fetch what MANIFEST names: lines of URL, destination, SHA-256"},
	{"sums", 0, OPTION_ONCE, GET, PLACE(sums), 0, 0, "FILE", "fetch and check what FILE, written by sha256sum, lists below the URL"},
	{"jobs", 'j', OPTION_NUMBER, GET, PLACE(jobs), 1, 64, "N", "use N connections (default: one per core, 2 to 4)"},
	{"sha256", 0, OPTION_DIGEST, GET, PLACE(sha256), 0, 0, "HEX", "the SHA-256 that the file has to have"},
	{"verify", 0, OPTION_FLAG, GET, PLACE(verify), 0, 0, NULL, "prove files that seem to be unchanged, and repair them"},
	{"no-clobber", 0, OPTION_FLAG, GET, PLACE(no_clobber), 0, 0, NULL, "never replace what is there"},
	{"no-sync", 0, OPTION_FLAG, GET, PLACE(no_sync), 0, 0, NULL, "do not wait until files are on stable storage"},
	{"dry-run", 0, OPTION_FLAG, GET, PLACE(dry_run), 0, 0, NULL, "say what would be fetched, and fetch nothing"},
	{"include", 0, OPTION_FILTER, GET, PLACE(filter), FILTER_INCLUDE, 0, "GLOB", "of a tree, take what matches; given first, nothing else"},
	{"exclude", 0, OPTION_FILTER, GET, PLACE(filter), FILTER_EXCLUDE, 0, "GLOB", "of a tree, leave out what matches; the last match wins"},
	{"max-size", 0, OPTION_SIZE, GET, PLACE(max_size), 0, INT64_MAX, "N", "skip files of more than N bytes; K, M and G are powers of 1024"},
	{"limit-rate", 0, OPTION_SIZE, GET, PLACE(limit_rate), LIMIT_RATE_MIN, INT64_MAX, "R", "receive at most R bytes a second in all"},
	{"retry", 0, OPTION_NUMBER, GET, PLACE(retry), 0, RETRY_MAX, "N", "give a server up after N more attempts without progress (default: 5)"},
	{"timeout", 0, OPTION_SECONDS, NETWORK, PLACE(timeout), 1, 31536000000, "S", "give up after S seconds without a byte (default: 30)"},
	{"fail-fast", 0, OPTION_FLAG, GET, PLACE(fail_fast), 0, 0, NULL, "end with the first failure"},
	{"failed-list", 0, OPTION_TEXT, GET, PLACE(failed_list), 0, 0, "FILE", "write to FILE, as a manifest, what failed or was not tried"},
	{"progress", 0, OPTION_STYLE, GET, PLACE(progress), 0, 0, "HOW", "auto, bar, lines or none"},
	{"pin", 0, OPTION_TEXT, NETWORK, PLACE(pin), 0, 0, "PIN", "the server must have this pin; nothing is remembered"},
	{"ca", 0, OPTION_TEXT, NETWORK, PLACE(ca), 0, 0, "FILE", "trust the authorities in FILE alone"},
	{"token-file", 0, OPTION_TEXT, NETWORK, PLACE(token_file), 0, 0, "FILE", "show the token that FILE holds"},
	{"congestion", 0, OPTION_CONGESTION, NETWORK, PLACE(congestion), 0, 0, "NAME", "send by this congestion control, such as cubic or bbr"},
	{"null", '0', OPTION_FLAG, LS, PLACE(null_separated), 0, 0, NULL, "exact names, each ended by a NUL byte"},
	{"tree", 0, OPTION_FLAG, SUM, PLACE(tree), 0, 0, NULL, "tree digests instead of SHA-256"},
	{"count", 'c', OPTION_NUMBER, PING, PLACE(count), 1, 1000000, "N", "round trips (default: 4)"},
	{"json", 0, OPTION_FLAG, NETWORK, PLACE(json), 0, 0, NULL, "one JSON object per line"},
	{"quiet", 'q', OPTION_LEVEL, GET, PLACE(verbosity), -1, 0, NULL, "say nothing but errors"},
	{"verbose", 'v', OPTION_LEVEL, GET | VERIFY, PLACE(verbosity), 1, 0, NULL, "a line per file"},
	{"help", 'h', OPTION_FLAG, EVERYWHERE, PLACE(help), 0, 0, NULL, "show this"},
	{"version", 'V', OPTION_FLAG, EVERYWHERE, PLACE(version), 0, 0, NULL, "show the version"},
};
const size_t OPTION_ROW_COUNT = sizeof OPTION_ROWS / sizeof OPTION_ROWS[0];

_Static_assert(sizeof OPTION_ROWS / sizeof OPTION_ROWS[0] <= OPTION_ROW_MAX, "OPTION_ROW_MAX is too small");

#define SHOWN_SIZE 400

bool option_takes_argument(const struct option_row *row)
{
	return row->kind != OPTION_FLAG && row->kind != OPTION_LEVEL;
}

bool option_fits(const struct option_row *row, const struct command *command)
{
	if (!command || row->commands == EVERYWHERE)
		return true;
	for (size_t i = 0; i < sizeof command_bits / sizeof command_bits[0]; i++) {
		if (strcmp(command_bits[i].command, command->name) == 0)
			return row->commands & command_bits[i].bit;
	}
	return false;
}

const struct option_row *option_by_letter(int letter)
{
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		if (OPTION_ROWS[i].letter && OPTION_ROWS[i].letter == letter)
			return &OPTION_ROWS[i];
	}
	return NULL;
}

enum status option_refuse(struct failure *failure, const char *before, const char *word, const char *after)
{
	char shown[SHOWN_SIZE];

	text_escape(shown, sizeof shown, span_of(word));
	failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "%s%s%s", before, shown, after);
	return STATUS_INVALID;
}

static enum status refuse_value(struct failure *failure, const struct option_row *row, const char *expected, const char *value)
{
	char shown[SHOWN_SIZE];

	text_escape(shown, sizeof shown, span_of(value));
	failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "--%s takes %s, not '%s'", row->name, expected, shown);
	return STATUS_INVALID;
}

static enum status refuse_twice(struct failure *failure, const struct option_row *row)
{
	failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "--%s is given twice, and only one can be used", row->name);
	return STATUS_INVALID;
}

/* Decimal digits alone, up to INT64_MAX; returns the text behind them, NULL when there are none or too many. */
static const char *parse_digits(const char *text, int64_t *value)
{
	int64_t sum = 0;

	if (!isdigit((unsigned char)*text))
		return NULL;
	for (; isdigit((unsigned char)*text); text++) {
		if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, *text - '0', &sum))
			return NULL;
	}
	*value = sum;
	return text;
}

enum status option_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMG";
	int64_t number;
	const char *rest = parse_digits(text, &number);
	unsigned shift = 0;

	if (!rest)
		return isdigit((unsigned char)*text) ? STATUS_TOO_LARGE : STATUS_INVALID;
	if (*rest) {
		const char *unit = strchr(units, toupper((unsigned char)*rest));
		if (!unit || rest[1])
			return STATUS_INVALID;
		shift = 10 * (unsigned)(unit - units + 1);
	}
	if (number > INT64_MAX >> shift)
		return STATUS_TOO_LARGE;
	*bytes = (uint64_t)number << shift;
	return STATUS_OK;
}

static enum status set_number(const struct option_row *row, const char *text, void *place, struct failure *failure)
{
	char expected[64];
	int64_t value;
	const char *rest = parse_digits(text, &value);

	if (rest && !*rest && value >= row->min && value <= row->max) {
		*(unsigned *)place = (unsigned)value;
		return STATUS_OK;
	}
	snprintf(expected, sizeof expected, "a number from %d to %d", (int)row->min, (int)row->max);
	return refuse_value(failure, row, expected, text);
}

/* Whole seconds and up to three decimals. */
static enum status set_seconds(const struct option_row *row, const char *text, void *place, struct failure *failure)
{
	int64_t milliseconds = 0, unit = 100;
	const char *rest = parse_digits(text, &milliseconds);

	if (!rest || milliseconds > row->max / 1000)
		return refuse_value(failure, row, "a number of seconds, at most a year", text);
	milliseconds *= 1000;
	if (*rest == '.') {
		for (rest++; isdigit((unsigned char)*rest) && unit > 0; rest++, unit /= 10)
			milliseconds += (*rest - '0') * unit;
	}
	if (*rest || milliseconds < row->min || milliseconds > row->max)
		return refuse_value(failure, row, "a number of seconds, more than 0", text);
	*(int64_t *)place = milliseconds * CLOCK_MS;
	return STATUS_OK;
}

static enum status set_size(const struct option_row *row, const char *text, void *place, struct failure *failure)
{
	char expected[80];
	uint64_t bytes;

	if (option_size(text, &bytes) == STATUS_OK && bytes >= (uint64_t)row->min && bytes <= (uint64_t)row->max) {
		*(uint64_t *)place = bytes;
		return STATUS_OK;
	}
	snprintf(expected, sizeof expected, "a number of bytes from %d on, K, M and G meaning 1024-fold each", (int)row->min);
	return refuse_value(failure, row, expected, text);
}

static enum status set_style(const struct option_row *row, const char *text, void *place, struct failure *failure)
{
	static const struct {
		const char *word;
		enum progress_style style;
	} styles[] = {
		{"auto", PROGRESS_AUTO}, {"bar", PROGRESS_BAR}, {"lines", PROGRESS_LINES}, {"none", PROGRESS_NONE},
	};

	for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++) {
		if (strcmp(styles[i].word, text) == 0) {
			*(enum progress_style *)place = styles[i].style;
			return STATUS_OK;
		}
	}
	return refuse_value(failure, row, "auto, bar, lines or none", text);
}

static enum status set_filter(const struct option_row *row, const char *text, void *place, struct failure *failure)
{
	enum status status = filter_add(place, (enum filter_verdict)row->min, text);

	if (status != STATUS_NO_MEMORY)
		return status == STATUS_OK ? STATUS_OK : refuse_value(failure, row, "a pattern", text);
	failure_set(failure, FAILURE_LOCAL, status, "reading the command line");
	return status;
}

static enum status set_once(const struct option_row *row, const char *text, void *place, struct failure *failure)
{
	if (*(const char **)place)
		return refuse_twice(failure, row);
	*(const char **)place = text;
	return STATUS_OK;
}

static enum status set_digest(const struct option_row *row, const char *text, void *place, struct failure *failure)
{
	struct option_digest given = {.given = true};

	if (((const struct option_digest *)place)->given)
		return refuse_twice(failure, row);
	if (!hex_parse(span_of(text), &given.digest))
		return refuse_value(failure, row, "64 hexadecimal digits", text);
	*(struct option_digest *)place = given;
	return STATUS_OK;
}

static enum status set_congestion(const struct option_row *row, const char *text, void *place, struct failure *failure)
{
	enum status status = congestion_try(text);

	if (status == STATUS_OK) {
		*(const char **)place = text;
		return STATUS_OK;
	}
	if (status == STATUS_NOT_FOUND)
		return refuse_value(failure, row, "what net.ipv4.tcp_available_congestion_control lists", text);
	if (status == STATUS_REFUSED)
		return refuse_value(failure, row, "for this user only what net.ipv4.tcp_allowed_congestion_control lists", text);
	failure_set(failure, FAILURE_LOCAL, status, "cannot try --%s", row->name);
	return status;
}

enum status option_set(const struct option_row *row, const char *text, struct options *options, struct failure *failure)
{
	void *place = (char *)options + row->place;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)place = true;
		break;
	case OPTION_LEVEL:
		*(int *)place = (int)row->min;
		break;
	case OPTION_TEXT:
		*(const char **)place = text;
		break;
	case OPTION_ONCE:
		return set_once(row, text, place, failure);
	case OPTION_NUMBER:
		return set_number(row, text, place, failure);
	case OPTION_SECONDS:
		return set_seconds(row, text, place, failure);
	case OPTION_SIZE:
		return set_size(row, text, place, failure);
	case OPTION_STYLE:
		return set_style(row, text, place, failure);
	case OPTION_FILTER:
		return set_filter(row, text, place, failure);
	case OPTION_DIGEST:
		return set_digest(row, text, place, failure);
	case OPTION_CONGESTION:
		return set_congestion(row, text, place, failure);
	}
	return STATUS_OK;
}
