/* ferry: fetches from ferryd, proves what it fetched, and shows what a server has. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "failure.h"
#include "options.h"
#include "trusted.h"
#include "version.h"

#define ANY_NUMBER SIZE_MAX

static const struct command commands[] = {
	{"get", "URL... [-o FILE|-] [-d DIR] [-r] [-i MANIFEST] [--sums FILE] [--sha256 HEX] [-j N] [--json] [-q] [-v] ...",
		"Fetches files and folders, and proves that they arrived.", 1, ANY_NUMBER, command_get},
	{"ls", "URL [-r] [-0] [--json]", "Lists a folder: folders end in /, links in @.", 1, 1, command_ls},
	{"stat", "URL [--json]", "Shows what the server knows of one file or folder.", 1, 1, command_stat},
	{"sum", "URL|PATH... [-r] [--tree] [--json]",
		"Prints digests of files at a server or here, as sha256sum does; the server computes its own.", 1, ANY_NUMBER, command_sum},
	{"ping", "URL [-c N] [--json]", "Measures a connection and tells what TCP did on it.", 1, 1, command_ping},
	{"verify", "URL PATH [-v] [--json]", "Compares what is here with what the server has, piece by piece.", 2, 2, command_verify},
	{"trust", "URL PIN", "Makes the server of URL a known one, by its pin (ferryd --print-pin).", 2, 2, command_trust},
	{"untrust", "URL", "Forgets the pin that the server of URL is known by.", 1, 1, command_untrust},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

/* If one of them is closed, no file that is opened later may get its number. They are opened for reading: writing still fails. */
static enum status open_standard_descriptors(struct failure *failure)
{
	enum status status;
	int fd;

	do {
		status = trusted_open("/dev/null", O_RDONLY, 0, &fd);
	} while (status == STATUS_OK && fd <= STDERR_FILENO);
	if (status == STATUS_OK)
		close(fd);
	else
		failure_set(failure, FAILURE_LOCAL, status, "cannot open /dev/null");
	return status;
}

/* Help and version were asked for: failing to write them is an error. */
static int finish_stdout(void)
{
	struct failure failure;

	if (fflush(stdout) == 0)
		return EXIT_OK;
	failure_set_stdout(&failure, status_from_errno(errno));
	return failure_print(&failure);
}

int main(int argc, char **argv)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct options options;
	struct failure failure;

	sigaction(SIGPIPE, &ignore, NULL);
	/* Exceeding the limit of file size (ulimit -f) then fails that file, not the process. */
	sigaction(SIGXFSZ, &ignore, NULL);
	if (open_standard_descriptors(&failure) != STATUS_OK)
		return failure_print(&failure);
	if (argc < 2) {
		options_help(stderr, commands, COMMANDS, NULL);
		return EXIT_USAGE;
	}
	if (options_parse(argc, argv, commands, COMMANDS, &options, &failure) != STATUS_OK)
		return failure_print(&failure);
	if (options.help) {
		options_help(stdout, commands, COMMANDS, options.command);
		return finish_stdout();
	}
	if (options.version) {
		printf("ferry %s\n", FERRY_VERSION);
		return finish_stdout();
	}
	int code = options.command->run(&options);
	options_release(&options);
	return code;
}
