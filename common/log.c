/* The log of the server: one line of key=value per event on stderr, written in whole lines. */
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "text.h"

#define BUFFER_SIZE 65536

static struct {
	atomic_int level;
	pthread_mutex_t lock;
	/* guarded by lock */
	unsigned char buffer[BUFFER_SIZE];
	size_t used;
	time_t second; /* of DATE */
	char date[32]; /* as written at the start of a line */
} sink = {.level = LOG_INFO, .lock = PTHREAD_MUTEX_INITIALIZER, .second = -1};

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

void log_set_level(enum log_level level)
{
	atomic_store(&sink.level, (int)level);
}

/* Returns how much was written; 0 when stderr is gone for good. A pipe that somebody made non-blocking is waited for. */
static size_t write_some(const unsigned char *bytes, size_t length)
{
	for (;;) {
		ssize_t written = write(STDERR_FILENO, bytes, length);
		if (written >= 0)
			return (size_t)written;
		if (errno == EAGAIN)
			poll(&(struct pollfd){.fd = STDERR_FILENO, .events = POLLOUT}, 1, -1);
		else if (errno != EINTR)
			return 0;
	}
}

/* caller holds lock */
static void write_out(void)
{
	size_t done = 0;

	while (done < sink.used) {
		size_t written = write_some(sink.buffer + done, sink.used - done);
		/* Nobody is left to read them; the waiting lines are dropped, or the buffer would stay full. */
		if (written == 0)
			break;
		done += written;
	}
	sink.used = 0;
}

/* A busy server logs thousands of lines a second, all with the same date. caller holds lock */
static const char *date_of(time_t second)
{
	struct tm utc;

	if (second != sink.second) {
		gmtime_r(&second, &utc);
		strftime(sink.date, sizeof(sink.date), "ts=%Y-%m-%dT%H:%M:%S.", &utc);
		sink.second = second;
	}
	return sink.date;
}

static void put(struct writer *line, const char *text)
{
	writer_bytes(line, text, strlen(text));
}

/* The start of every line; written by hand for the same reason. caller holds lock */
static void begin_line(struct writer *line, enum log_level level)
{
	int64_t now = clock_real() / CLOCK_MS;
	unsigned milliseconds = (unsigned)(now % 1000);

	put(line, date_of((time_t)(now / 1000)));
	writer_u8(line, (uint8_t)('0' + milliseconds / 100));
	writer_u8(line, (uint8_t)('0' + milliseconds / 10 % 10));
	writer_u8(line, (uint8_t)('0' + milliseconds % 10));
	put(line, "Z level=");
	put(line, level_names[level]);
	put(line, " ");
}

/* Nothing but our own line break ends a line, whatever a value held. */
static void tame(unsigned char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		text[i] = text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
}

/*
 * Formats a line behind those that wait. False when it did not fit; only in an empty buffer is it cut instead.
 * caller holds lock
 */
static bool append(enum log_level level, const char *format, va_list values)
{
	struct writer line;

	writer_init(&line, sink.buffer + sink.used, BUFFER_SIZE - sink.used - 1);
	begin_line(&line, level);
	if (line.failed)
		return false;
	size_t room = writer_left(&line);
	size_t length = (size_t)vsnprintf((char *)line.next, room, format, values);
	if (length >= room && sink.used > 0)
		return false;
	if (length >= room)
		length = room - 1;
	tame(line.next, length);
	line.next[length] = '\n';
	sink.used += writer_length(&line) + length + 1;
	return true;
}

void log_line(enum log_level level, const char *format, ...)
{
	va_list values, again;

	if ((int)level > atomic_load(&sink.level))
		return;
	va_start(values, format);
	va_copy(again, values);
	pthread_mutex_lock(&sink.lock);
	if (!append(level, format, values)) {
		write_out();
		append(level, format, again);
	}
	if (level <= LOG_WARN)
		write_out();
	pthread_mutex_unlock(&sink.lock);
	va_end(again);
	va_end(values);
}

void log_flush(void)
{
	pthread_mutex_lock(&sink.lock);
	write_out();
	pthread_mutex_unlock(&sink.lock);
}

/* One character of a quoted value. */
static size_t quote_next(char out[TEXT_ESCAPED_MAX], struct span *value)
{
	size_t length = text_escape_next(out, value);

	if (length > 1 || out[0] != '"')
		return length;
	out[0] = '\\';
	out[1] = '"';
	return 2;
}

static bool is_plain(unsigned char byte)
{
	return byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
}

/* Takes the characters that stay as they are off the start of VALUE, as far as there is room; most values have no others. */
static size_t quote_run(char *out, size_t room, struct span *value)
{
	size_t length = 0;

	while (length < value->length && length < room && is_plain(value->bytes[length]))
		length++;
	memcpy(out, value->bytes, length);
	value->bytes += length;
	value->length -= length;
	return length;
}

char *log_quote(char *out, size_t capacity, struct span value)
{
	char quoted[TEXT_ESCAPED_MAX];
	size_t used = 0;

	if (capacity < sizeof("\"\"")) {
		out[0] = '\0';
		return out;
	}
	out[used++] = '"';
	while (value.length > 0) {
		used += quote_run(out + used, capacity - used - sizeof("\""), &value);
		size_t length = value.length > 0 ? quote_next(quoted, &value) : 0;
		if (length + sizeof("\"") > capacity - used)
			break;
		memcpy(out + used, quoted, length);
		used += length;
	}
	out[used++] = '"';
	out[used] = '\0';
	return out;
}
