/* Sizes, rates, durations and times as people read them. */
#ifndef AMOUNT_H
#define AMOUNT_H

#include <stdint.h>

#include "message.h"

/* Each returns OUT, which has AMOUNT_SIZE bytes. */
#define AMOUNT_SIZE 24

/* Three digits and a unit of 1024: "0 B", "999 B", "1.0 KiB", "99.9 MiB", "123 GiB"; at most 8 characters. */
char *amount_bytes(char *out, uint64_t bytes);

/* For a clock that counts: "0:07", "12:34", "1:02:03", and "5 days" from 100 hours on; rounded down to a second. */
char *amount_clock(char *out, int64_t nanoseconds);

/* For something that took its time: "0.031 ms", "12 ms", "1.24 s", from a minute on as amount_clock(). */
char *amount_took(char *out, int64_t nanoseconds);

/* "2026-01-31T23:59:59.000000001Z" (RFC 3339, UTC); OUT has AMOUNT_TIME_SIZE bytes. */
#define AMOUNT_TIME_SIZE 48
char *amount_time(char *out, struct file_time time);

#endif
