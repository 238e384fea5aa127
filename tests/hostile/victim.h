/* A ferryd under attack: the real program with settings of its own, whose descriptors are counted, and that has to end well. */
#ifndef VICTIM_H
#define VICTIM_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct victim {
	pid_t id;
	uint16_t port;        /* of 127.0.0.1 */
	unsigned descriptors; /* that were open when it was ready */
	char log[PATH_MAX];   /* a file with what it said */
};

/*
 * Starts the ferryd of the build folder that BUILD names ("build" without one) with the settings file FOLDER/NAME.conf and waits
 * until it is ready. What it says goes to FOLDER/NAME.log. Ends the program where that can't be; the server dies with the program.
 */
void victim_start(struct victim *victim, const char *folder, const char *name);

/* How many descriptors it has open now. */
unsigned victim_descriptors(const struct victim *victim);

/* Waits until no more are open than when it was ready; false where that does not come about in 10 s. */
bool victim_let_go(const struct victim *victim);

/* SIGTERM; false, with what it said on standard error, unless it lets go of all it had opened and ends with 0. */
bool victim_stop(struct victim *victim);

#endif
