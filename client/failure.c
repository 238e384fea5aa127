/* Finds the exit code of a failure in a table, and writes its sentence. */
#include "failure.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "path.h"
#include "text.h"

/*
 * One row per status: its exit code when the server reported it, and when it came from the network; whether trying again can
 * help. A failure of this machine is EXIT_LOCAL except for the statuses of local_code().
 */
static const struct {
	enum exit_code server;
	enum exit_code network;
	bool retry;
} rules[STATUS_COUNT] = {
	[STATUS_WANT_READ] = {EXIT_OTHER, EXIT_NETWORK, false},
	[STATUS_WANT_WRITE] = {EXIT_OTHER, EXIT_NETWORK, false},
	[STATUS_END] = {EXIT_PROTOCOL, EXIT_NETWORK, true},

	/* A name that one side allows and the other does not: the two do not speak the same protocol. */
	[STATUS_INVALID] = {EXIT_PROTOCOL, EXIT_PROTOCOL, false},
	[STATUS_NAME_TOO_LONG] = {EXIT_PROTOCOL, EXIT_PROTOCOL, false},
	[STATUS_NOT_FOUND] = {EXIT_NOT_FOUND, EXIT_NETWORK, false},
	[STATUS_NOT_FOLDER] = {EXIT_NOT_FOUND, EXIT_NETWORK, false},
	[STATUS_REFUSED] = {EXIT_REFUSED, EXIT_NETWORK, false},
	[STATUS_SYMLINK] = {EXIT_REFUSED, EXIT_NETWORK, false},
	[STATUS_EXISTS] = {EXIT_OTHER, EXIT_NETWORK, false},
	[STATUS_IS_FOLDER] = {EXIT_OTHER, EXIT_NETWORK, false},
	[STATUS_NOT_REGULAR] = {EXIT_OTHER, EXIT_NETWORK, false},
	[STATUS_READ_ONLY] = {EXIT_OTHER, EXIT_NETWORK, false},
	[STATUS_NO_SPACE] = {EXIT_OTHER, EXIT_NETWORK, false},
	[STATUS_TOO_LARGE] = {EXIT_OTHER, EXIT_PROTOCOL, false},
	[STATUS_IO] = {EXIT_OTHER, EXIT_NETWORK, false},
	[STATUS_STALE] = {EXIT_CHANGED, EXIT_NETWORK, true},
	[STATUS_CHANGED] = {EXIT_CHANGED, EXIT_CHANGED, true},
	[STATUS_RANGE] = {EXIT_PROTOCOL, EXIT_PROTOCOL, false},

	[STATUS_NO_MEMORY] = {EXIT_OTHER, EXIT_OTHER, false},
	[STATUS_NO_FD] = {EXIT_BUSY, EXIT_OTHER, true},
	[STATUS_NO_THREAD] = {EXIT_OTHER, EXIT_OTHER, false},
	[STATUS_BUSY] = {EXIT_BUSY, EXIT_BUSY, true},
	[STATUS_LIMIT] = {EXIT_OTHER, EXIT_OTHER, false},
	[STATUS_INTERRUPTED] = {EXIT_INTERRUPTED, EXIT_INTERRUPTED, false},

	/* A host that cannot be reached now may come back; one that refuses or does not exist was probably misspelt. */
	[STATUS_UNKNOWN_HOST] = {EXIT_NETWORK, EXIT_NETWORK, false},
	[STATUS_CONNECTION_REFUSED] = {EXIT_NETWORK, EXIT_NETWORK, false},
	[STATUS_UNREACHABLE] = {EXIT_NETWORK, EXIT_NETWORK, true},
	[STATUS_ADDRESS_IN_USE] = {EXIT_OTHER, EXIT_NETWORK, true},
	[STATUS_TIMEOUT] = {EXIT_NETWORK, EXIT_NETWORK, true},
	[STATUS_LOST] = {EXIT_NETWORK, EXIT_NETWORK, true},
	[STATUS_STOPPING] = {EXIT_NETWORK, EXIT_NETWORK, true},
	[STATUS_PROTOCOL] = {EXIT_PROTOCOL, EXIT_PROTOCOL, false},
	[STATUS_VERSION] = {EXIT_PROTOCOL, EXIT_PROTOCOL, false},
	[STATUS_UNSUPPORTED] = {EXIT_OTHER, EXIT_OTHER, false},

	[STATUS_MISMATCH] = {EXIT_MISMATCH, EXIT_MISMATCH, true},
	[STATUS_UNTRUSTED] = {EXIT_UNTRUSTED, EXIT_UNTRUSTED, false},
};

static const struct {
	enum exit_code code;
	const char *name;
} names[] = {
	{EXIT_OK, "ok"},
	{EXIT_OTHER, "other"},
	{EXIT_USAGE, "usage"},
	{EXIT_NOT_FOUND, "not-found"},
	{EXIT_REFUSED, "refused"},
	{EXIT_NETWORK, "network"},
	{EXIT_UNTRUSTED, "untrusted"},
	{EXIT_MISMATCH, "verification"},
	{EXIT_CHANGED, "changed"},
	{EXIT_LOCAL, "local"},
	{EXIT_BUSY, "busy"},
	{EXIT_PROTOCOL, "protocol"},
	{EXIT_MIXED, "mixed"},
	{EXIT_INTERRUPTED, "interrupted"},
};

/* BUSY: another ferry holds the destination. MISMATCH: the file here is not what it should be. */
static enum exit_code local_code(enum status status)
{
	switch (status) {
	case STATUS_NO_MEMORY:
		return EXIT_OTHER;
	case STATUS_BUSY:
		return EXIT_BUSY;
	case STATUS_MISMATCH:
		return EXIT_MISMATCH;
	case STATUS_INTERRUPTED:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_LOCAL;
	}
}

static enum exit_code code_of(enum failure_origin origin, enum status status)
{
	switch (origin) {
	case FAILURE_SERVER:
		return rules[status].server;
	case FAILURE_NETWORK:
		return rules[status].network;
	case FAILURE_LOCAL:
		return local_code(status);
	case FAILURE_DIFFERENCE:
		return EXIT_MISMATCH;
	case FAILURE_USAGE:
		break;
	}
	return EXIT_USAGE;
}

static bool retry_helps(enum failure_origin origin, enum status status)
{
	if (origin == FAILURE_SERVER || origin == FAILURE_NETWORK)
		return rules[status].retry;
	return origin == FAILURE_LOCAL && status == STATUS_BUSY;
}

/* For these the caller's sentence is complete: the status' text would add nothing. */
static bool speaks_for_itself(enum failure_origin origin, enum status status)
{
	return origin == FAILURE_USAGE || origin == FAILURE_DIFFERENCE || status == STATUS_INVALID || status == STATUS_PROTOCOL ||
		status == STATUS_VERSION || status == STATUS_UNSUPPORTED || status == STATUS_UNTRUSTED;
}

/* TEXT's parts are printable, but some were cut to fit: removes the halves of characters. */
static void drop_halves(char *text)
{
	struct span rest = span_of(text);
	char *end = text;

	while (rest.length > 0) {
		const unsigned char *first = rest.bytes;
		if (text_next(&rest) == TEXT_INVALID)
			continue;
		memmove(end, first, (size_t)(rest.bytes - first));
		end += rest.bytes - first;
	}
	*end = '\0';
}

void failure_set(struct failure *failure, enum failure_origin origin, enum status status, const char *format, ...)
{
	va_list arguments;

	*failure = (struct failure){.code = code_of(origin, status), .retry = retry_helps(origin, status)};
	failure->name = exit_code_name(failure->code);
	va_start(arguments, format);
	int length = vsnprintf(failure->text, sizeof failure->text, format, arguments);
	va_end(arguments);
	if (length >= 0 && (size_t)length < sizeof failure->text && !speaks_for_itself(origin, status))
		snprintf(failure->text + length, sizeof failure->text - (size_t)length, ": %s", status_text(status));
	drop_halves(failure->text);
}

void failure_set_stdout(struct failure *failure, enum status status)
{
	if (status == STATUS_LOST)
		failure_set(failure, FAILURE_LOCAL, STATUS_INVALID, "nobody reads the standard output any more");
	else
		failure_set(failure, FAILURE_LOCAL, status, "cannot write to standard output");
}

void failure_set_lanes(struct failure *failure, enum status status)
{
	if (status == STATUS_INVALID || status == STATUS_UNSUPPORTED)
		failure_set(failure, FAILURE_USAGE, status, "FERRY_LANES asks for what is not here: unset it, or set it to openssl");
	else
		failure_set(failure, FAILURE_LOCAL, status, "cannot compute digests");
}

enum exit_code failure_print(const struct failure *failure)
{
	fprintf(stderr, "ferry: %s\n", failure->text);
	return failure->code;
}

const char *exit_code_name(enum exit_code code)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (names[i].code == code)
			return names[i].name;
	}
	return "other";
}

enum exit_code exit_code_join(enum exit_code so_far, enum exit_code next)
{
	if (so_far == EXIT_INTERRUPTED || next == EXIT_INTERRUPTED)
		return EXIT_INTERRUPTED;
	if (so_far == EXIT_OK || so_far == next)
		return next;
	return next == EXIT_OK ? so_far : EXIT_MIXED;
}
