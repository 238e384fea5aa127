/* A complaint: the fault in the settings, in one sentence on its way up to the caller that prints it. */
#ifndef COMPLAINT_H
#define COMPLAINT_H

#include "status.h"

struct complaint {
	char text[1024]; /* no line break at its end */
};

/* Words the complaint and returns STATUS, so that a function can end with it; a text too long is cut. */
enum status complain(struct complaint *complaint, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
