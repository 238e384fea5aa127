/* The one pass over the command line: options anywhere, checked against their command and against each other. */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "destination.h"
#include "long_option.h"
#include "option_row.h"
#include "own_stream.h"

#define TIMEOUT_DEFAULT (30 * CLOCK_SECOND)
#define COUNT_DEFAULT 4
#define RETRY_DEFAULT 5

/* An option as it was found; applied once the command is known. */
struct given {
	const struct option_row *row;
	const char *argument;
};

/* --- The command line ---------------------------------------------------------------------------------------------- */

/* For getopt_long: "-" returns operands in their place, ":" distinguishes a missing argument from an unknown option. */
struct getopt_tables {
	char letters[2 + 2 * OPTION_ROW_MAX + 1];
	struct option names[OPTION_ROW_MAX + 1];
};

#define FIRST_NAME 256 /* getopt_long's value of row 0 by its name; letters are below */

static void make_tables(struct getopt_tables *tables)
{
	char *letter = tables->letters;

	*tables = (struct getopt_tables){0};
	*letter++ = '-';
	*letter++ = ':';
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		const struct option_row *row = &OPTION_ROWS[i];
		tables->names[i] = (struct option){
			.name = row->name,
			.has_arg = option_takes_argument(row) ? required_argument : no_argument,
			.val = FIRST_NAME + (int)i,
		};
		if (row->letter == 0)
			continue;
		*letter++ = row->letter;
		if (option_takes_argument(row))
			*letter++ = ':';
	}
}

static const struct option_row *row_of(int value)
{
	if (value >= FIRST_NAME)
		return &OPTION_ROWS[value - FIRST_NAME];
	return option_by_letter(value);
}

static struct long_option named(int value)
{
	int found = value == '?' || value == ':' ? optopt : value;

	return found >= FIRST_NAME ? (struct long_option){row_of(found)->name, row_of(found)->value} : (struct long_option){0};
}

/* Collects options in GIVEN, which has room for all, and operands at ARGV's start; the command's name is the first. */
static enum status scan(int argc, char **argv, struct given *given, size_t *given_count, size_t *operand_count,
	struct failure *failure)
{
	struct getopt_tables tables;
	char complaint[LONG_OPTION_COMPLAINT_SIZE];
	size_t operands = 0, count = 0;
	int value;

	make_tables(&tables);
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	while ((value = getopt_long(argc, argv, tables.letters, tables.names, NULL)) != -1) {
		const struct long_option option = named(value);
		if (long_option_is_wrong(value, argv, "ferry", &option, complaint))
			return option_refuse(failure, "", complaint, "");
		if (value == 1)
			argv[operands++] = optarg;
		else
			given[count++] = (struct given){row_of(value), optarg};
	}
	while (optind < argc)
		argv[operands++] = argv[optind++];
	*given_count = count;
	*operand_count = operands;
	return STATUS_OK;
}

static enum status apply(const struct given *given, struct options *options, struct failure *failure)
{
	const struct command *command = options->command;

	if (option_fits(given->row, command))
		return option_set(given->row, given->argument, options, failure);
	failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "ferry %s takes no --%s; see ferry %s --help", command->name,
		given->row->name, command->name);
	return STATUS_INVALID;
}

static enum status find_command(const char *name, const struct command *commands, size_t count, struct options *options,
	struct failure *failure)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		options->command = &commands[i];
		return STATUS_OK;
	}
	return option_refuse(failure, "", name, " is not a command of ferry; see ferry --help");
}

/* --- What excludes each other -------------------------------------------------------------------------------------- */

/* Only one option may have standard output: a mixture could not be read. */
static enum status check_stdout(const struct options *options, struct failure *failure)
{
	static const char both[] = " both want the standard output: leave one out";
	bool content = options->output && destination_stream(options->directory, options->output) == STDOUT_FILENO;
	bool failed = options->failed_list && own_stream(options->failed_list) == STDOUT_FILENO;

	if (content && options->json)
		return option_refuse(failure, "", "-o and --json", both);
	if (content && failed)
		return option_refuse(failure, "", "-o and --failed-list", both);
	if (failed && options->json)
		return option_refuse(failure, "", "--failed-list and --json", both);
	return STATUS_OK;
}

static bool names_file(const char *path)
{
	return *path && path[strlen(path) - 1] != '/';
}

static enum status check_output(const struct options *options, struct failure *failure)
{
	const char *output = options->output;

	if (!output)
		return STATUS_OK;
	if (options->operand_count > 1 || options->recursive || options->input || options->sums)
		return option_refuse(failure, "-o ", output, " names one file: use -d DIR for several");
	if (!names_file(output))
		return option_refuse(failure, "-o ", output, " names no file: use -d DIR for a folder");
	return STATUS_OK;
}

static enum status check_filter(const struct options *options, struct failure *failure)
{
	if (options->filter.count > 0 && !options->recursive && !options->sums)
		return option_refuse(failure, "", "--include and --exclude", " choose from a tree: use -r");
	return STATUS_OK;
}

static enum status check_lists(const struct options *options, struct failure *failure)
{
	if (options->sums && (options->operand_count != 1 || options->input))
		return option_refuse(failure, "--sums ", options->sums, " names files below one URL: give that one, and no manifest");
	if (options->sha256.given && (options->operand_count != 1 || options->recursive || options->input || options->sums))
		return option_refuse(failure, "", "--sha256", " is the sum of one file: use -i or --sums for several");
	return STATUS_OK;
}

static enum status check_failed_list(const struct options *options, struct failure *failure)
{
	if (options->failed_list && !names_file(options->failed_list))
		return option_refuse(failure, "--failed-list ", options->failed_list, " names no file");
	return STATUS_OK;
}

/* With a manifest there need not be any URL. */
static size_t operands_needed(const struct options *options)
{
	return options->input ? 0 : options->command->operands_min;
}

static enum status check_together(const struct options *options, struct failure *failure)
{
	const struct command *command = options->command;

	if (options->operand_count < operands_needed(options) || options->operand_count > command->operands_max) {
		failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "%s: write ferry %s %s",
			options->operand_count < operands_needed(options) ? "something is missing" : "there is too much", command->name,
			command->synopsis);
		return STATUS_INVALID;
	}
	if (options->null_separated && options->json)
		return option_refuse(failure, "", "-0 and --json", " exclude each other: JSON holds exact names too");
	enum status status = check_filter(options, failure);
	if (status == STATUS_OK)
		status = check_lists(options, failure);
	if (status == STATUS_OK)
		status = check_failed_list(options, failure);
	if (status == STATUS_OK)
		status = check_output(options, failure);
	return status == STATUS_OK ? check_stdout(options, failure) : status;
}

static enum status parse(int argc, char **argv, const struct command *commands, size_t count, struct given *given,
	struct options *options, struct failure *failure)
{
	size_t given_count = 0, operand_count = 0;
	enum status status = scan(argc, argv, given, &given_count, &operand_count, failure);

	if (status == STATUS_OK && operand_count > 0) {
		status = find_command(argv[0], commands, count, options, failure);
		options->operands = argv + 1;
		options->operand_count = operand_count - 1;
	}
	for (size_t i = 0; status == STATUS_OK && i < given_count; i++)
		status = apply(&given[i], options, failure);
	if (status != STATUS_OK || options->help || options->version)
		return status;
	if (!options->command)
		return option_refuse(failure, "", "a command", " is missing; see ferry --help");
	return check_together(options, failure);
}

enum status options_parse(int argc, char **argv, const struct command *commands, size_t count,
	struct options *options, struct failure *failure)
{
	struct options parsed = {.retry = RETRY_DEFAULT, .timeout = TIMEOUT_DEFAULT, .count = COUNT_DEFAULT, .max_size = UINT64_MAX};
	/* One word may hold several letters, each an option. */
	size_t room = 1;
	for (int i = 1; i < argc; i++)
		room += strlen(argv[i]);
	struct given *given = calloc(room, sizeof *given);

	if (!given) {
		failure_set(failure, FAILURE_LOCAL, STATUS_NO_MEMORY, "reading the command line");
		return STATUS_NO_MEMORY;
	}
	enum status status = parse(argc, argv, commands, count, given, &parsed, failure);
	free(given);
	if (status == STATUS_OK)
		*options = parsed;
	else
		options_release(&parsed);
	return status;
}

void options_release(struct options *options)
{
	filter_release(&options->filter);
}

enum status options_url(const struct options *options, const char *text, struct url *url, const char **problem)
{
	struct url parsed;
	enum status status = url_parse(text, &parsed, problem);

	if (status != STATUS_OK)
		return status;
	if (parsed.tls || (!options->pin && !options->ca)) {
		*url = parsed;
		return STATUS_OK;
	}
	url_release(&parsed);
	*problem = options->pin ? "--pin wants a server that proves who it is: write ferrys://, or leave --pin out" :
		"--ca wants a server that proves who it is: write ferrys://, or leave --ca out";
	return STATUS_INVALID;
}

/* --- Help ---------------------------------------------------------------------------------------------------------- */

static void print_row(FILE *out, const struct option_row *row)
{
	char left[40];

	snprintf(left, sizeof left, "%s%c%s--%s%s%s", row->letter ? "-" : " ", row->letter ? row->letter : ' ',
		row->letter ? ", " : "  ", row->name, row->value ? " " : "", row->value ? row->value : "");
	fprintf(out, "  %-22s  %s\n", left, row->help);
}

void options_help(FILE *out, const struct command *commands, size_t count, const struct command *command)
{
	if (command) {
		fprintf(out, "usage: ferry %s %s\n\n%s\n\n", command->name, command->synopsis, command->summary);
	} else {
		fputs("usage: ferry COMMAND [OPTION]... OPERAND...\n\n", out);
		for (size_t i = 0; i < count; i++)
			fprintf(out, "  ferry %s %s\n      %s\n", commands[i].name, commands[i].synopsis, commands[i].summary);
		fputs("\nferry COMMAND --help lists a command's options; man ferry tells the whole.\n", out);
	}
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		if (command && option_fits(&OPTION_ROWS[i], command))
			print_row(out, &OPTION_ROWS[i]);
	}
}
