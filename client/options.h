/* The command line: which command, its operands, and every option's value. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "digest.h"
#include "failure.h"
#include "filter.h"
#include "progress.h"
#include "status.h"
#include "url.h"

/* One row per subcommand. */
struct options;
struct command {
	const char *name;
	const char *synopsis; /* the text behind "ferry NAME " */
	const char *summary;  /* a sentence */
	size_t operands_min;
	size_t operands_max;
	int (*run)(const struct options *options); /* returns the exit code */
};

struct option_digest {
	struct digest digest;
	bool given;
};

struct options {
	const struct command *command; /* NULL only with help or version */
	char **operands; /* into argv */
	size_t operand_count;
	bool help;
	bool version;

	const char *output;    /* -o, NULL: none */
	const char *directory; /* -d, NULL: none */
	bool recursive;
	struct filter filter;  /* --include and --exclude in their order */
	unsigned jobs;         /* -j, 0: default */
	unsigned retry;        /* attempts without progress */
	int64_t timeout;       /* nanoseconds */
	const char *input;     /* -i, NULL: none */
	const char *sums;      /* NULL: none */
	const char *failed_list; /* NULL: none */
	struct option_digest sha256;
	uint64_t limit_rate;   /* bytes per second, 0: none */
	bool no_clobber;
	bool dry_run;
	bool fail_fast;
	uint64_t max_size;     /* bytes of a file; UINT64_MAX: any */
	bool verify;
	bool no_sync;
	bool json;
	bool null_separated;   /* ls -0 */
	bool tree;             /* sum --tree */
	unsigned count;        /* ping -c */
	const char *pin;        /* NULL: none */
	const char *ca;         /* NULL: none */
	const char *token_file; /* NULL: none */
	const char *congestion; /* NULL: the system's */
	enum progress_style progress;
	int verbosity;         /* -1 quiet, 0, 1 verbose */
};

/*
 * Reads the command line by the COUNT rows of COMMANDS: options may be anywhere, "--" ends them. ARGV's order changes. A wrong
 * command line (an unknown option, a value out of its limits, options that exclude each other, a wrong number of operands) is
 * STATUS_INVALID with a FAILURE of EXIT_USAGE that says what to do; any other status has its FAILURE too. The caller releases
 * OPTIONS. Uses getopt_long: one thread at a time.
 */
MUST_CHECK enum status options_parse(int argc, char **argv, const struct command *commands, size_t count,
	struct options *options, struct failure *failure);

void options_release(struct options *options);

/*
 * Parses TEXT, an operand or a line of a list, as url_parse() does. With --pin or --ca a URL without TLS is refused: a user who
 * forgot the s of ferrys:// would believe that the server had been verified.
 */
MUST_CHECK enum status options_url(const struct options *options, const char *text, struct url *url, const char **problem);

/* Prints the text of -h: about COMMAND, or about all commands if it is NULL. */
void options_help(FILE *out, const struct command *commands, size_t count, const struct command *command);

#endif
