/* Reads the command line with getopt_long, whose tables are made from ours. */
#include "settings_options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complaint.h"
#include "long_option.h"
#include "settings_table.h"
#include "version.h"

struct option_row {
	const char *name;
	char letter;       /* 0: none */
	const char *value; /* its name in the help; NULL: takes none */
	/* Takes the value, or complains of it. NULL: the value is stored at OFFSET as it is. */
	enum status (*take)(struct settings *settings, const char *value, struct complaint *complaint);
	size_t offset;     /* in struct settings: a const char *, or without a value a bool, which becomes true */
	const char *help;
};

#define KEPT(member) NULL, offsetof(struct settings, member)
#define TAKEN(function) function, 0

static enum status copy_text(const char *text, char **field, struct complaint *complaint)
{
	char *copy = strdup(text);

	if (!copy)
		return complain(complaint, STATUS_NO_MEMORY, "out of memory");
	free(*field);
	*field = copy;
	return STATUS_OK;
}

static enum status take_config(struct settings *settings, const char *value, struct complaint *complaint)
{
	settings->reloadable = true;
	return copy_text(value, &settings->config, complaint);
}

static enum status take_cache(struct settings *settings, const char *value, struct complaint *complaint)
{
	return settings_override(settings, "cache", value, complaint);
}

static enum status take_state(struct settings *settings, const char *value, struct complaint *complaint)
{
	return settings_override(settings, "state", value, complaint);
}

static enum status take_no_cache(struct settings *settings, const char *value, struct complaint *complaint)
{
	(void)value;
	return settings_override(settings, "cache", "no", complaint);
}

static enum status take_ready_fd(struct settings *settings, const char *value, struct complaint *complaint)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end || number <= STDERR_FILENO || number > INT_MAX)
		return complain(complaint, STATUS_INVALID, "must be the number of a descriptor above 2");
	settings->ready_fd = (int)number;
	return STATUS_OK;
}

static enum status take_port_file(struct settings *settings, const char *value, struct complaint *complaint)
{
	return copy_text(value, &settings->port_file, complaint);
}

static const struct option_row rows[] = {
	{"config", 'c', "FILE", TAKEN(take_config), "read the settings from FILE"},
	{"listen", 'l', "ADDR[:PORT]", TAKEN(settings_listen), "listen here instead; may be repeated; port 0 is any free one"},
	{"tls", 0, NULL, KEPT(encrypted), "encrypt; clients use ferrys:// URLs"},
	{"plain", 0, NULL, KEPT(plain), "do not encrypt, even when listening beyond loopback"},
	{"state", 0, "DIR", TAKEN(take_state), "keep the server's identity and tokens in DIR"},
	{"print-pin", 0, NULL, KEPT(print_pin), "print the pin that clients know this server by, then exit"},
	{"cache", 0, "DIR", TAKEN(take_cache), "remember digests in DIR"},
	{"no-cache", 0, NULL, TAKEN(take_no_cache), "remember no digests on disk"},
	{"prewarm", 0, NULL, KEPT(prewarm), "compute digests of files of more than 1 MiB in the background, while idle"},
	{"ready-fd", 0, "N", TAKEN(take_ready_fd), "write the ready line to descriptor N too, and close it"},
	{"port-file", 0, "FILE", TAKEN(take_port_file), "write the ports to FILE, one a line"},
	{"check-config", 0, NULL, KEPT(check_config), "check the command line and the settings, then exit"},
	{"until-eof", 0, NULL, KEPT(until_eof), "stop when standard input closes"},
	{"share", 0, "S[/PREFIX]", KEPT(token.share), "token add: what the token is for"},
	{"expires", 0, "TIME", KEPT(token.expires), "token add: when it becomes useless, such as 12h or 30d"},
	{"pin", 0, "PIN", KEPT(token.pin), "token add: instead of a secret, a client's certificate"},
	{"help", 'h', NULL, KEPT(help), "show this help"},
	{"version", 'V', NULL, KEPT(version), "show the version"},
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static void print_help(void)
{
	puts("usage: ferryd [OPTION...] DIR       serve one directory\n"
		"       ferryd [OPTION...] [-c FILE] serve the shares of a configuration\n"
		"       ferryd [OPTION...] token add NAME | token list | token remove NAME\n");
	for (size_t i = 0; i < ROW_COUNT; i++) {
		char left[40];
		char letter[] = {'-', rows[i].letter, ',', ' ', '\0'};
		snprintf(left, sizeof(left), "%s--%s %s", rows[i].letter ? letter : "    ", rows[i].name,
			rows[i].value ? rows[i].value : "");
		printf("  %-26s  %s\n", left, rows[i].help);
	}
	puts("\nWithout DIR and -c the settings come from $XDG_CONFIG_HOME/ferry/ferryd.conf, else /etc/ferry/ferryd.conf.\n"
		"See ferryd(8) and ferryd.conf(5).");
}

#define FIRST_NAME 256 /* getopt_long's value of row 0 by its name; letters are below */

/* ":" tells a missing value apart. */
static void make_getopt_tables(struct option options[ROW_COUNT + 1], char letters[1 + 2 * ROW_COUNT + 1])
{
	char *letter = letters;

	*letter++ = ':';
	for (size_t i = 0; i < ROW_COUNT; i++) {
		options[i] = (struct option){rows[i].name, rows[i].value ? required_argument : no_argument, NULL, FIRST_NAME + (int)i};
		if (!rows[i].letter)
			continue;
		*letter++ = rows[i].letter;
		if (rows[i].value)
			*letter++ = ':';
	}
	*letter = '\0';
	options[ROW_COUNT] = (struct option){NULL, 0, NULL, 0};
}

static const struct option_row *row_of(int found)
{
	size_t i = 0;

	if (found >= FIRST_NAME)
		return &rows[found - FIRST_NAME];
	while (rows[i].letter != found)
		i++;
	return &rows[i];
}

static struct long_option named(int found)
{
	int value = found == '?' || found == ':' ? optopt : found;

	return value >= FIRST_NAME ? (struct long_option){row_of(value)->name, row_of(value)->value} : (struct long_option){0};
}

static enum status take_option(const struct option_row *row, struct settings *settings, const char *value, struct complaint *complaint)
{
	void *field = (char *)settings + row->offset;
	struct complaint why;

	if (!row->take && row->value)
		*(const char **)field = value;
	else if (!row->take)
		*(bool *)field = true;
	else if (row->take(settings, value, &why) != STATUS_OK)
		return complain(complaint, STATUS_INVALID, "ferryd: --%s %s: %s", row->name, value ? value : "", why.text);
	return STATUS_OK;
}

static const char only_with_add[] = "--share, --expires and --pin go with token add";

static enum status refuse(struct complaint *complaint, const char *why)
{
	return complain(complaint, STATUS_INVALID, "ferryd: %s", why);
}

/* OPERANDS are the words behind "token". */
static enum status take_token_command(int count, char **operands, struct token_command *token, struct complaint *complaint)
{
	static const struct {
		const char *name;
		int action, operands;
	} actions[] = {{"add", TOKEN_COMMAND_ADD, 2}, {"list", TOKEN_COMMAND_LIST, 1}, {"remove", TOKEN_COMMAND_REMOVE, 2}};

	for (size_t i = 0; count > 0 && i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(operands[0], actions[i].name) != 0 || count != actions[i].operands)
			continue;
		token->action = actions[i].action;
		token->name = operands[1];
		if (token->action == TOKEN_COMMAND_ADD)
			return token->share ? STATUS_OK : refuse(complaint, "token add NAME needs --share S[/PREFIX]");
		return token->share || token->expires || token->pin ? refuse(complaint, only_with_add) : STATUS_OK;
	}
	return refuse(complaint, "write token add NAME --share S[/PREFIX], token list or token remove NAME "
		"(a folder called token is written ./token)");
}

static enum status take_operands(int count, char **operands, struct settings *settings, struct complaint *complaint)
{
	if (count > 0 && strcmp(operands[0], "token") == 0)
		return take_token_command(count - 1, operands + 1, &settings->token, complaint);
	if (settings->token.share || settings->token.expires || settings->token.pin)
		return refuse(complaint, only_with_add);
	if (count == 0)
		return STATUS_OK;
	if (count > 1)
		return complain(complaint, STATUS_INVALID, "ferryd: one DIR, not %d: several are shares of a configuration file (-c)", count);
	settings->shares = calloc(1, sizeof(settings->shares[0]));
	char *path = strdup(operands[0]);
	if (!settings->shares || !path) {
		free(path);
		return refuse(complaint, "out of memory");
	}
	settings->shares[settings->share_count++].path = path;
	return STATUS_OK;
}

static enum status take_options(int argc, char **argv, struct settings *settings, struct complaint *complaint)
{
	struct option options[ROW_COUNT + 1];
	char letters[1 + 2 * ROW_COUNT + 1], why[LONG_OPTION_COMPLAINT_SIZE];
	int found;

	make_getopt_tables(options, letters);
	/* Options may come anywhere, whatever the environment says. */
	unsetenv("POSIXLY_CORRECT");
	optind = 0; /* glibc: from the start, since SIGHUP reads the same command line again */
	opterr = 0;
	while ((found = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		const struct long_option option = named(found);
		if (long_option_is_wrong(found, argv, "ferryd", &option, why))
			return refuse(complaint, why);
		enum status status = take_option(row_of(found), settings, optarg, complaint);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum settings_outcome settings_options_read(int argc, char **argv, struct settings *settings, struct complaint *complaint)
{
	if (take_options(argc, argv, settings, complaint) != STATUS_OK)
		return SETTINGS_WRONG;
	if (settings->help)
		print_help();
	else if (settings->version)
		puts("ferryd " FERRY_VERSION);
	else
		return take_operands(argc - optind, argv + optind, settings, complaint) == STATUS_OK ? SETTINGS_SERVE : SETTINGS_WRONG;
	return SETTINGS_SHOWN;
}
