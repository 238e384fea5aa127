/* Asks on the terminal and waits for the answer, or for an interruption. */
#include "question.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "patience.h"

#define ANSWER_SIZE 64

bool question_can_be_asked(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* A terminal gives one line at a time. */
static enum status read_answer(char answer[ANSWER_SIZE])
{
	ssize_t length;

	do
		length = read(STDIN_FILENO, answer, ANSWER_SIZE - 1);
	while (length < 0 && errno == EINTR);
	if (length <= 0)
		return STATUS_REFUSED;
	answer[length] = '\0';
	answer[strcspn(answer, "\r\n")] = '\0';
	return STATUS_OK;
}

enum status question_ask(const char *text, int stop_fd)
{
	char answer[ANSWER_SIZE];

	/* An interruption that ended one question also ends those that other threads wait to ask. */
	if (patience_wait(-1, 0, stop_fd, clock_now()) == STATUS_INTERRUPTED)
		return STATUS_INTERRUPTED;
	fputs(text, stderr);
	fflush(stderr);
	enum status status = patience_wait(STDIN_FILENO, POLLIN, stop_fd, CLOCK_NEVER);
	if (status == STATUS_OK)
		status = read_answer(answer);
	if (status != STATUS_OK)
		return status;
	return strcmp(answer, "yes") == 0 ? STATUS_OK : STATUS_REFUSED;
}
