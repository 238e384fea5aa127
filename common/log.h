/* The log of the server: one line of key=value per event on stderr, written in whole lines. */
#ifndef LOG_H
#define LOG_H

#include "wire.h"

enum log_level {
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
};

/* Lines above LEVEL are dropped. It starts as LOG_INFO. */
void log_set_level(enum log_level level);

/*
 * log_line(LOG_INFO, "event=listen address=%s", text) writes "ts=... level=info event=listen address=...". Untrusted
 * values go through log_quote() first. Lines of LOG_INFO and LOG_DEBUG may wait in a buffer until log_flush() or until
 * it is full; others are written at once, after those that wait. Any thread may call.
 */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_flush(void);

/* VALUE in double quotes with everything unprintable, quotes and backslashes escaped; OUT has CAPACITY bytes. Returns OUT. */
char *log_quote(char *out, size_t capacity, struct span value);

#endif
