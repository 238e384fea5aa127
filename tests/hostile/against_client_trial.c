/* Runs the client against one attack, in a place of its own, and looks at everything that it leaves behind. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "against_client.h"
#include "path.h"
#include "scratch.h"
#include "sockets.h"
#include "text.h"

#define WORDS_MAX 24
#define SAID_MAX 65536

/*
 * place/in       the client's folder: it may write there, and nowhere else
 * place/outside  what nobody may touch
 */
struct trial {
	const struct attack *attack;
	const char *command;
	uint64_t value;
	char *complaint;
	struct scratch scratch;
	char place[PATH_MAX + 8], in[PATH_MAX + 16];
	int exit_status;
	bool hung;
	char out[SAID_MAX], err[SAID_MAX]; /* what the client said, cut */
};

static void complain(struct trial *trial, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void complain(struct trial *trial, const char *format, ...)
{
	size_t used = strlen(trial->complaint);
	va_list arguments;

	used += (size_t)snprintf(trial->complaint + used, COMPLAINT_SIZE / 2 - used, "ferry %s (value %llu): ", trial->command,
		(unsigned long long)trial->value);
	va_start(arguments, format);
	vsnprintf(trial->complaint + used, COMPLAINT_SIZE / 2 - used, format, arguments);
	va_end(arguments);
}

/* --- The place ----------------------------------------------------------------------------------------------------- */

static void lay_out(struct trial *trial)
{
	if (scratch_make(&trial->scratch) < 0)
		give_up("scratch");
	int top = trial->scratch.folder;
	snprintf(trial->place, sizeof(trial->place), "%s/place", trial->scratch.path);
	snprintf(trial->in, sizeof(trial->in), "%s/in", trial->place);
	if (mkdirat(top, "place", 0755) < 0 || mkdirat(top, "place/in", 0755) < 0 || mkdirat(top, "place/outside", 0755) < 0 ||
		scratch_write(top, "place/outside/secret", "secret") < 0 || scratch_write(top, "place/in/kept", "kept") < 0 ||
		symlinkat("../outside", top, "place/in/link") < 0)
		give_up("place");
	if (trial->attack->shape && scratch_write(top, "place/in/ca.pem", papers_bundle(papers_of(trial->attack->shape))) < 0)
		give_up("ca.pem");
	if (trial->attack->prepare)
		trial->attack->prepare(trial->in);
}

/* --- The client ---------------------------------------------------------------------------------------------------- */

/* What WORD stands for, where it does. */
static void translate(const struct trial *trial, const char *word, uint16_t port, char translated[PATH_MAX])
{
	static const char *const servers[][2] = {
		{"URL", "ferry://127.0.0.1"}, {"TLSURL", "ferrys://127.0.0.1"}, {"NAMEDURL", "ferrys://localhost"}};

	snprintf(translated, PATH_MAX, "%s", word);
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		size_t length = strlen(servers[i][0]);
		if (strncmp(word, servers[i][0], length) == 0)
			snprintf(translated, PATH_MAX, "%s:%u%s", servers[i][1], port, word + length);
	}
	if (strcmp(word, "PIN") == 0)
		pin_text(papers_pin(papers_of(trial->attack->shape)), translated);
}

/* Splits COMMAND in place at its blanks. */
static void split(const struct trial *trial, char *command, uint16_t port, char store[WORDS_MAX][PATH_MAX], char *words[WORDS_MAX + 1])
{
	char *rest = NULL;
	size_t count = 0;

	for (char *word = strtok_r(command, " ", &rest); word && count < WORDS_MAX; word = strtok_r(NULL, " ", &rest)) {
		translate(trial, word, port, store[count]);
		words[count] = store[count];
		count++;
	}
	words[count] = NULL;
}

static pid_t start(struct trial *trial, char *const *words)
{
	const char *build = getenv("BUILD");
	char program[PATH_MAX], here[PATH_MAX / 2], home[PATH_MAX + 32], out[PATH_MAX + 8], err[PATH_MAX + 8];
	char nowhere[] = "TMPDIR=/nonexistent", *environment[] = {home, nowhere, NULL};
	posix_spawn_file_actions_t actions;
	pid_t child;

	if (!getcwd(here, sizeof(here)))
		give_up("getcwd");
	snprintf(program, sizeof(program), "%s/%s/ferry", here, build ? build : "build");
	snprintf(home, sizeof(home), "HOME=%s/home", trial->scratch.path);
	snprintf(out, sizeof(out), "%s/out", trial->scratch.path);
	snprintf(err, sizeof(err), "%s/err", trial->scratch.path);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out, O_WRONLY | O_CREAT, 0600);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err, O_WRONLY | O_CREAT, 0600);
	posix_spawn_file_actions_addchdir_np(&actions, trial->in);
	if (posix_spawn(&child, program, &actions, NULL, words, environment) != 0)
		give_up(program);
	posix_spawn_file_actions_destroy(&actions);
	return child;
}

/* Waits on a descriptor of the process, so that other threads may wait for theirs. */
static void await(struct trial *trial, pid_t child)
{
	unsigned seconds = trial->attack->seconds ? trial->attack->seconds : PATIENCE;
	struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN};

	if (ended.fd < 0)
		give_up("pidfd_open");
	trial->hung = poll(&ended, 1, (int)seconds * 1000) != 1;
	if (trial->hung)
		kill(child, SIGKILL);
	waitpid(child, &trial->exit_status, 0);
	close(ended.fd);
}

static void read_said(const struct trial *trial, const char *name, char *said)
{
	int fd = openat(trial->scratch.folder, name, O_RDONLY | O_CLOEXEC);
	ssize_t length = read(fd, said, SAID_MAX - 1);

	if (length < 0)
		give_up(name);
	said[length] = '\0';
	close(fd);
}

static void run_client(struct trial *trial, const struct server *server)
{
	char store[WORDS_MAX][PATH_MAX], command[1024], *words[WORDS_MAX + 1];

	snprintf(command, sizeof(command), "ferry %s", trial->command);
	split(trial, command, server_port(server), store, words);
	await(trial, start(trial, words));
	read_said(trial, "out", trial->out);
	read_said(trial, "err", trial->err);
}

/* --- The verdict --------------------------------------------------------------------------------------------------- */

/* Valid UTF-8 without any control character but the line's end; longer text is cut on purpose, never in the middle of a character. */
static bool is_harmless(const char *said)
{
	struct span rest = span_of(said);

	while (rest.length > 0) {
		uint32_t code = text_next(&rest);
		if (code == TEXT_INVALID || (code < 0x20 && code != '\n') || (code >= 0x7f && code < 0xa0))
			return false;
		if (code == 0x61c || code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
			return false;
	}
	return true;
}

/* "12.5 MiB" */
static double bytes_of(double number, const char *unit)
{
	return number * (unit[0] == 'K' ? 0x1p10 : unit[0] == 'M' ? 0x1p20 : unit[0] == 'G' ? 0x1p30 : unit[0] == 'B' ? 1 : 0x1p40);
}

/* A line of progress never says that more is done than there is. */
static void judge_figures(struct trial *trial)
{
	const char *figures = strstr(trial->err, "  ");
	char unit[8], of[8];
	double done, known;

	if (figures && sscanf(figures, " %lf %7s of %lf %7s", &done, unit, &known, of) == 4 && bytes_of(done, unit) > bytes_of(known, of))
		complain(trial, "more is done than there is\n");
}

static void judge_end(struct trial *trial)
{
	const struct attack *attack = trial->attack;

	if (trial->hung)
		complain(trial, "has not ended in time\n");
	else if (!WIFEXITED(trial->exit_status))
		complain(trial, "was killed by signal %d\n", WTERMSIG(trial->exit_status));
	else if (WEXITSTATUS(trial->exit_status) != attack->code)
		complain(trial, "code %d instead of %d\n", WEXITSTATUS(trial->exit_status), attack->code);
}

static void judge_words(struct trial *trial)
{
	const char *says = trial->attack->says;

	if (strstr(trial->err, "Sanitizer") || strstr(trial->err, "runtime error"))
		complain(trial, "a sanitizer speaks\n");
	if (says && !strstr(trial->err, says))
		complain(trial, "it does not say '%s'\n", says);
	if (trial->attack->code != 0 && !says && !trial->err[0])
		complain(trial, "it says nothing\n");
	if (!is_harmless(trial->err))
		complain(trial, "what it says is not fit for a terminal\n");
}

/* What leaves by standard output is true from its first byte on. */
static void judge_pipe(struct trial *trial)
{
	const struct offered *offered = offer_find("big");
	size_t length = strlen(trial->out);

	if (strstr(trial->command, "-o -") && (length > offered->size || memcmp(trial->out, offered->bytes, length) != 0))
		complain(trial, "wrong bytes on standard output\n");
}

static void judge(struct trial *trial, const struct traces *before)
{
	struct traces *after = traces_take(trial->place);
	const char *tree = strstr(trial->command, "-r URL/folder ") ? "folder" : NULL;
	const struct trace_rules rules = {"in", trial->attack->fetched, trial->attack->may, tree};
	const char *changed = traces_judge(before, after, &rules);

	judge_end(trial);
	judge_words(trial);
	judge_figures(trial);
	judge_pipe(trial);
	if (changed)
		complain(trial, "%s\n", changed);
	traces_free(after);
}

static void try(struct trial *trial)
{
	lay_out(trial);
	struct traces *before = traces_take(trial->place);
	struct server *server = server_start(trial->attack, trial->value);
	run_client(trial, server);
	if (server_visits(server) == SERVER_VISITS_MAX)
		complain(trial, "it has connected again and again\n");
	server_stop(server);
	judge(trial, before);
	traces_free(before);
	if (scratch_remove(&trial->scratch) < 0)
		give_up("scratch");
	if (trial->complaint[0])
		snprintf(trial->complaint + strlen(trial->complaint), COMPLAINT_SIZE - strlen(trial->complaint), "    it said: %.1500s\n",
			trial->err);
}

static size_t try_values(struct trial *trial, size_t count)
{
	const struct attack *attack = trial->attack;
	size_t tries = 0;

	do {
		trial->value = attack->value_count ? attack->values[tries] : attack->lie.value;
		try(trial);
		tries++;
	} while (tries < count && !trial->complaint[0]);
	return tries;
}

size_t trial_run(const struct attack *attack, char complaint[COMPLAINT_SIZE])
{
	struct trial *trial = calloc(1, sizeof(*trial));
	char commands[2048], *rest = NULL;
	size_t runs = 0;

	if (!trial)
		give_up("calloc");
	complaint[0] = '\0';
	snprintf(commands, sizeof(commands), "%s", attack->commands);
	trial->attack = attack;
	trial->complaint = complaint;
	for (char *command = strtok_r(commands, "\n", &rest); command && !complaint[0]; command = strtok_r(NULL, "\n", &rest)) {
		trial->command = command;
		runs += try_values(trial, runs > 0 && getenv("QUICK") ? 1 : attack->value_count);
	}
	free(trial);
	return runs;
}
