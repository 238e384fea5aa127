/* A question to the user, on a terminal, that only "yes" answers. */
#ifndef QUESTION_H
#define QUESTION_H

#include <stdbool.h>

#include "status.h"

/* Are standard input and standard error terminals? */
bool question_can_be_asked(void);

/*
 * Writes TEXT and waits for a line. STATUS_OK for "yes", STATUS_REFUSED for anything else or the end of the input,
 * STATUS_INTERRUPTED once STOP_FD (-1: none) is readable; nothing is written if it is readable before.
 */
MUST_CHECK enum status question_ask(const char *text, int stop_fd);

#endif
