/* Writes sizes, rates, durations and times as people read them. */
#include "amount.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"

char *amount_bytes(char *out, uint64_t bytes)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	unsigned unit = 0;

	if (bytes < 1024) {
		snprintf(out, AMOUNT_SIZE, "%" PRIu64 " B", bytes);
		return out;
	}
	/* Up to the unit in which rounding to a whole number stays below 1024. */
	while (bytes >= 1024 * 1024 - 512) {
		bytes = bytes / 1024 + (bytes % 1024 >= 512);
		unit++;
	}
	uint64_t tenths = (bytes * 10 + 512) / 1024;
	if (tenths < 1000)
		snprintf(out, AMOUNT_SIZE, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[unit]);
	else
		snprintf(out, AMOUNT_SIZE, "%" PRIu64 " %s", (bytes + 512) / 1024, units[unit]);
	return out;
}

char *amount_clock(char *out, int64_t nanoseconds)
{
	int64_t seconds = nanoseconds > 0 ? nanoseconds / CLOCK_SECOND : 0;
	int64_t hours = seconds / 3600;
	int minute = (int)(seconds / 60 % 60), second = (int)(seconds % 60);

	if (hours >= 100)
		snprintf(out, AMOUNT_SIZE, "%" PRId64 " days", hours / 24);
	else if (hours > 0)
		snprintf(out, AMOUNT_SIZE, "%d:%02d:%02d", (int)hours, minute, second);
	else
		snprintf(out, AMOUNT_SIZE, "%d:%02d", minute, second);
	return out;
}

char *amount_took(char *out, int64_t nanoseconds)
{
	if (nanoseconds >= 60 * CLOCK_SECOND)
		return amount_clock(out, nanoseconds);
	if (nanoseconds < 10 * CLOCK_MS)
		snprintf(out, AMOUNT_SIZE, "%.3f ms", (double)nanoseconds / (double)CLOCK_MS);
	else if (nanoseconds < CLOCK_SECOND)
		snprintf(out, AMOUNT_SIZE, "%d ms", (int)(nanoseconds / CLOCK_MS));
	else
		snprintf(out, AMOUNT_SIZE, "%.2f s", (double)nanoseconds / (double)CLOCK_SECOND);
	return out;
}

char *amount_time(char *out, struct file_time time)
{
	time_t seconds = time.seconds;
	struct tm tm;

	/* The protocol's range is wider than a year that fits into an int. */
	if (!gmtime_r(&seconds, &tm)) {
		snprintf(out, AMOUNT_TIME_SIZE, "@%" PRId64 ".%09" PRIu32, time.seconds, time.nanoseconds);
		return out;
	}
	size_t length = strftime(out, AMOUNT_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + length, AMOUNT_TIME_SIZE - length, ".%09" PRIu32 "Z", time.nanoseconds);
	return out;
}
