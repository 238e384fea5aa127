/* Reads tokens from --token-file, $FERRY_TOKEN or the configuration, and finds the one for a server. */
#include "secrets.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "all_bytes.h"
#include "configuration.h"
#include "line_file.h"
#include "message.h"
#include "path.h"
#include "text.h"
#include "trusted.h"

#define TEXT_MAX (1u << 20) /* of the file with a line for each server */
#define SHOWN_SIZE 320

struct secret {
	struct url url;
	char *token;
};

struct secrets {
	char *token; /* for every server; NULL: none */
	struct secret *list;
	size_t count;
};

static void forget(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void secrets_close(struct secrets *secrets)
{
	if (!secrets)
		return;
	forget(secrets->token);
	for (size_t i = 0; i < secrets->count; i++) {
		url_release(&secrets->list[i].url);
		forget(secrets->list[i].token);
	}
	free(secrets->list);
	free(secrets);
}

/* Printable ASCII without blanks, within the protocol's limit. */
static bool is_token(struct span text)
{
	if (text.length == 0 || text.length > AUTH_TOKEN_MAX)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.bytes[i] <= ' ' || text.bytes[i] > '~')
			return false;
	}
	return true;
}

static enum status out_of_memory(struct failure *failure)
{
	failure_set(failure, FAILURE_LOCAL, STATUS_NO_MEMORY, "reading tokens");
	return STATUS_NO_MEMORY;
}

/* Takes TEXT as the token for every server. */
static enum status take_one(struct secrets *secrets, struct span text, const char *where, struct failure *failure)
{
	char shown[SHOWN_SIZE];

	if (!is_token(text)) {
		failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "%s holds no token: a word of up to %u characters",
			text_escape(shown, sizeof(shown), span_of(where)), AUTH_TOKEN_MAX);
		return STATUS_INVALID;
	}
	secrets->token = strndup((const char *)text.bytes, text.length);
	return secrets->token ? STATUS_OK : out_of_memory(failure);
}

/* --- --token-file ---------------------------------------------------------------------------------------------------- */

/* FD may be a pipe from a password manager. A text that fills WORD is too long for a token anyway. */
static enum status read_word(int fd, char *word, size_t capacity, size_t *length)
{
	size_t got = 0;
	enum status status = all_bytes_read(fd, word, capacity, &got);

	while (got > 0 && memchr(" \t\r\n", word[got - 1], 4))
		got--;
	*length = got;
	return status;
}

static enum status read_file(struct secrets *secrets, const char *path, struct failure *failure)
{
	char word[2 * AUTH_TOKEN_MAX], shown[SHOWN_SIZE];
	size_t length = 0;
	int fd;
	enum status status = trusted_open(path, O_RDONLY | O_NOCTTY, 0, &fd);

	if (status == STATUS_OK) {
		status = read_word(fd, word, sizeof(word), &length);
		close(fd);
	}
	if (status != STATUS_OK) {
		failure_set(failure, FAILURE_LOCAL, status, "--token-file %s", text_escape(shown, sizeof(shown), span_of(path)));
		return status;
	}
	status = take_one(secrets, (struct span){(unsigned char *)word, length}, path, failure);
	explicit_bzero(word, sizeof(word));
	return status;
}

/* --- A line for each server ------------------------------------------------------------------------------------------ */

static enum status parse_line(char *line, struct secret *secret)
{
	char *blank = strrchr(line, ' ');
	const char *problem;

	if (!blank || !is_token(span_of(blank + 1)))
		return STATUS_INVALID;
	*blank = '\0';
	enum status status = url_parse(line, &secret->url, &problem);
	if (status != STATUS_OK)
		return status;
	secret->token = strdup(blank + 1);
	if (secret->token)
		return STATUS_OK;
	url_release(&secret->url);
	return STATUS_NO_MEMORY;
}

static enum status take_line(void *store, char *line)
{
	struct secrets *secrets = store;
	struct secret *grown = reallocarray(secrets->list, secrets->count + 1, sizeof(*grown));

	if (!grown)
		return STATUS_NO_MEMORY;
	secrets->list = grown;
	enum status status = parse_line(line, &grown[secrets->count]);
	if (status == STATUS_OK)
		secrets->count++;
	return status;
}

static enum status read_lines(struct secrets *secrets, int folder, struct failure *failure)
{
	static const struct line_file format = {SECRETS_FILE, TEXT_MAX, WHOLE_FILE_OWNER, .take = take_line};
	char file[CONFIGURATION_SHOWN_SIZE];
	size_t line;
	enum status status = line_file_load(&format, folder, secrets, &line);

	configuration_shown(SECRETS_FILE, file);
	if (status == STATUS_INVALID && line > 0)
		failure_set(failure, FAILURE_USAGE, status, "%s:%zu: not URL and TOKEN with a blank between", file, line);
	else if (status == STATUS_REFUSED)
		failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "%s must be for its owner alone (chmod 600)", file);
	else if (status != STATUS_OK)
		failure_set(failure, FAILURE_LOCAL, status, "%s", file);
	return status;
}

/* --- All of them ----------------------------------------------------------------------------------------------------- */

static enum status read_all(struct secrets *secrets, int folder, const char *file, struct failure *failure)
{
	const char *word = getenv("FERRY_TOKEN");

	if (file)
		return read_file(secrets, file, failure);
	if (word && *word)
		return take_one(secrets, span_of(word), "FERRY_TOKEN", failure);
	return folder >= 0 ? read_lines(secrets, folder, failure) : STATUS_OK;
}

enum status secrets_open(int folder, const char *file, struct secrets **secrets, struct failure *failure)
{
	struct secrets *made = calloc(1, sizeof(*made));

	if (!made)
		return out_of_memory(failure);
	enum status status = read_all(made, folder, file, failure);
	if (status == STATUS_OK)
		*secrets = made;
	else
		secrets_close(made);
	return status;
}

struct span secrets_find(const struct secrets *secrets, const struct url *url)
{
	if (secrets->token)
		return span_of(secrets->token);
	for (size_t i = 0; i < secrets->count; i++) {
		if (url_same_server(&secrets->list[i].url, url))
			return span_of(secrets->list[i].token);
	}
	return span_of("");
}
