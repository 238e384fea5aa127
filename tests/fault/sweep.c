/* Tries one scenario at every point where it could go wrong: killed, without power, with failing calls. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trial.h"

/*
 * usage: sweep KIND --name NAME --shim F --work D --before D --after D --server URL --next URL
 *              [--links N] [--code N] [--every N] [--room SIZE] [--companion] [--clones]
 *              [--ferryd F] [--settings F] [--share D] [--source D] [--tick NANOSECONDS]
 *              [--first OPTION] -- COMMAND...
 * KIND is one of those below, struct scenario says what the options mean. Prints one line of totals, or the first failure;
 * exits with 0 or 1.
 */
static const struct {
	const char *name;
	bool (*run)(struct trial *trial);
} sweeps[] = {
	{"strace", sweep_strace},
	{"kills", sweep_kills},
	{"resumed", sweep_resumed},
	{"pairs", sweep_pairs},
	{"power", sweep_power},
	{"power_again", sweep_power_again},
	{"failures", sweep_failures},
	{"server", sweep_server},
	{"restarts", sweep_restarts},
	{"moments", sweep_moments},
	{"changes", sweep_changes},
	{"ticks", sweep_ticks},
};

static unsigned number(const char *text)
{
	return (unsigned)strtoul(text, NULL, 10);
}

static void read_option(struct scenario *scenario, int option, const char *value)
{
	switch (option) {
	case 'n': scenario->name = value; break;
	case 'p': scenario->preload = value; break;
	case 'w': scenario->expectation.work = value; break;
	case 'b': scenario->expectation.before = value; break;
	case 'a': scenario->expectation.after = value; break;
	case 's': scenario->server = value; break;
	case 't': scenario->next = value; break;
	case 'r': scenario->room = value; break;
	case 'f': scenario->ferryd = value; break;
	case 'g': scenario->settings = value; break;
	case 'h': scenario->share = value; break;
	case 'u': scenario->source = value; break;
	case 'i': scenario->first = *value ? value : NULL; break;
	case 'k': scenario->tick = number(value); break;
	case 'l': scenario->links = number(value); break;
	case 'c': scenario->code = (int)number(value); break;
	case 'e': scenario->every = number(value); break;
	case 'x': scenario->clones = true; break;
	case 'o': scenario->companion = true; break;
	default: exit(2);
	}
}

static void read_options(struct scenario *scenario, int count, char **arguments)
{
	static const struct option options[] = {
		{"name", required_argument, NULL, 'n'},   {"shim", required_argument, NULL, 'p'},  {"work", required_argument, NULL, 'w'},
		{"before", required_argument, NULL, 'b'}, {"after", required_argument, NULL, 'a'}, {"server", required_argument, NULL, 's'},
		{"next", required_argument, NULL, 't'},   {"room", required_argument, NULL, 'r'},  {"links", required_argument, NULL, 'l'},
		{"code", required_argument, NULL, 'c'},   {"every", required_argument, NULL, 'e'}, {"companion", no_argument, NULL, 'o'},
		{"ferryd", required_argument, NULL, 'f'}, {"share", required_argument, NULL, 'h'}, {"source", required_argument, NULL, 'u'},
		{"tick", required_argument, NULL, 'k'},   {"clones", no_argument, NULL, 'x'},
		{"settings", required_argument, NULL, 'g'}, {"first", required_argument, NULL, 'i'},
		{0},
	};
	int option;
	while ((option = getopt_long(count, arguments, "", options, NULL)) != -1)
		read_option(scenario, option, optarg);
	scenario->command = (const char *const *)arguments + optind;
}

int main(int count, char **arguments)
{
	struct scenario scenario = {.links = 1, .every = 1};
	struct trial trial;

	if (count < 2)
		return 2;
	read_options(&scenario, count - 1, arguments + 1);
	for (size_t i = 0; i < sizeof sweeps / sizeof *sweeps; i++) {
		if (strcmp(sweeps[i].name, arguments[1]) != 0)
			continue;
		trial_open(&trial, &scenario);
		bool right = sweeps[i].run(&trial);
		trial_close(&trial);
		return right ? 0 : 1;
	}
	return 2;
}
