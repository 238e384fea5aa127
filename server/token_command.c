/* Makes secrets, and adds, lists and removes tokens. */
#include "token_command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "message.h"
#include "path.h"
#include "pin.h"
#include "state.h"
#include "text.h"
#include "tokens.h"
#include "whole_file.h"

#define SECRET_BYTES 32
/* Scanners that look for lost secrets know it by this. */
#define SECRET_PREFIX "ferry_"
#define SECRET_TEXT_SIZE (sizeof(SECRET_PREFIX) + 2 * SECRET_BYTES)

#define LIFETIME_MAX (100ll * 365 * 86400)

/* --- The command line ------------------------------------------------------------------------------------------------ */

static const struct unit {
	char letter;
	int64_t seconds;
} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};

/* "30d": NUMBER and a unit. */
static bool parse_lifetime(const char *text, int64_t *seconds)
{
	size_t digits = strspn(text, "0123456789");
	char *end;

	if (digits == 0 || digits > 9 || strlen(text) != digits + 1)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text[digits] != units[i].letter)
			continue;
		*seconds = strtoll(text, &end, 10) * units[i].seconds;
		return *seconds > 0 && *seconds <= LIFETIME_MAX;
	}
	return false;
}

static enum status set_expiry(const char *text, struct token *token, struct complaint *complaint)
{
	int64_t seconds;

	token->expires = TOKEN_NEVER;
	if (!text)
		return STATUS_OK;
	if (!parse_lifetime(text, &seconds))
		return complain(complaint, STATUS_INVALID, "ferryd: --expires %s: must be a time such as 90m, 12h, 30d or 4w", text);
	token->expires = clock_real() / CLOCK_SECOND + seconds;
	return STATUS_OK;
}

static bool share_exists(const struct settings *settings, struct span name)
{
	for (size_t i = 0; i < settings->share_count; i++) {
		const char *share = settings->shares[i].name;
		if (share && strlen(share) == name.length && memcmp(share, name.bytes, name.length) == 0)
			return true;
	}
	return false;
}

static enum status set_place(const struct settings *settings, struct token *token, struct complaint *complaint)
{
	struct span path = span_of(settings->token.share);

	if (path.length > 0 && path.bytes[path.length - 1] == '/')
		path.length--;
	if (path.length == 0 || path_check(path) != STATUS_OK)
		return complain(complaint, STATUS_INVALID, "ferryd: --share %s: must be SHARE or SHARE/PATH", settings->token.share);
	struct span share = path_first(&path);
	if (settings->config && !share_exists(settings, share))
		return complain(complaint, STATUS_INVALID, "ferryd: --share %s: there is no such share in %s", settings->token.share,
			settings->config);
	token->share = strndup((const char *)share.bytes, share.length);
	token->prefix = strndup((const char *)path.bytes, path.length);
	if (token->share && token->prefix)
		return STATUS_OK;
	return complain(complaint, STATUS_NO_MEMORY, "ferryd: out of memory");
}

/* --- Secrets --------------------------------------------------------------------------------------------------------- */

static enum status make_secret(char text[SECRET_TEXT_SIZE], struct digest *digest)
{
	unsigned char bytes[SECRET_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return STATUS_IO;
	int length = snprintf(text, SECRET_TEXT_SIZE, SECRET_PREFIX);
	for (size_t i = 0; i < sizeof(bytes); i++)
		length += snprintf(text + length, SECRET_TEXT_SIZE - (size_t)length, "%02x", bytes[i]);
	explicit_bzero(bytes, sizeof(bytes));
	return token_digest(span_of(text), digest);
}

/* SECRET stays empty where a key takes its place. */
static enum status set_digest(const char *pin_text, struct token *token, char secret[SECRET_TEXT_SIZE],
	struct complaint *complaint)
{
	struct pin pin;
	enum status status;

	secret[0] = '\0';
	if (!pin_text) {
		token->kind = TOKEN_SECRET;
		status = make_secret(secret, &token->digest);
		return status == STATUS_OK ? status : complain(complaint, status, "ferryd: no random numbers");
	}
	if (pin_parse(pin_text, &pin) != STATUS_OK)
		return complain(complaint, STATUS_INVALID, "ferryd: --pin %s: must be sha256: and 44 characters of Base64", pin_text);
	token->kind = TOKEN_KEY;
	token->digest = pin.digest;
	return STATUS_OK;
}

/* --- Commands -------------------------------------------------------------------------------------------------------- */

static enum status save(int state, const struct tokens *tokens, struct complaint *complaint)
{
	enum status status = tokens_save(state, tokens);

	return status == STATUS_OK ? status : complain(complaint, status, "ferryd: " TOKENS_FILE " in the state folder: %s",
		status_text(status));
}

static enum status describe(const struct settings *settings, struct token *token, char secret[SECRET_TEXT_SIZE],
	struct complaint *complaint)
{
	enum status status = STATUS_OK;

	if (!token_name_legal(settings->token.name))
		return complain(complaint, STATUS_INVALID, "ferryd: token %s: a name is up to %d letters, digits, '.', '_' and '-'",
			settings->token.name, TOKEN_NAME_MAX);
	token->name = strdup(settings->token.name);
	if (!token->name)
		status = complain(complaint, STATUS_NO_MEMORY, "ferryd: out of memory");
	if (status == STATUS_OK)
		status = set_expiry(settings->token.expires, token, complaint);
	if (status == STATUS_OK)
		status = set_place(settings, token, complaint);
	if (status == STATUS_OK)
		status = set_digest(settings->token.pin, token, secret, complaint);
	return status;
}

/* TOKEN is taken over. */
static enum status store(struct tokens *tokens, struct token *token, const char *name, int state, struct complaint *complaint)
{
	enum status status = tokens_add(tokens, token);

	if (status == STATUS_EXISTS)
		return complain(complaint, STATUS_INVALID, "ferryd: there is a token called %s: remove it, or choose another name", name);
	if (status != STATUS_OK)
		return complain(complaint, status, "ferryd: token add: %s", status_text(status));
	return save(state, tokens, complaint);
}

/* Printed only when it is stored: a secret that nobody knows opens nothing, one that is lost can be made again. */
static enum status show(const char *secret, struct complaint *complaint)
{
	if (*secret && (puts(secret) == EOF || fflush(stdout) == EOF))
		return complain(complaint, status_from_errno(errno),
			"ferryd: the token is stored, but could not be written (%s): remove it, and add it again", strerror(errno));
	return STATUS_OK;
}

static enum status add(const struct settings *settings, int state, struct tokens *tokens, struct complaint *complaint)
{
	char secret[SECRET_TEXT_SIZE];
	struct token token = {.name = NULL};
	enum status status = describe(settings, &token, secret, complaint);

	if (status != STATUS_OK) {
		token_release(&token);
		return status;
	}
	status = store(tokens, &token, settings->token.name, state, complaint);
	if (status == STATUS_OK)
		status = show(secret, complaint);
	explicit_bzero(secret, sizeof(secret));
	if (status == STATUS_OK)
		fprintf(stderr, "ferryd: %s is stored; a ferryd that runs knows it after SIGHUP%s\n", settings->token.name,
			settings->token.pin ? "" : ", and nobody can show it again");
	return status;
}

static enum status remove_token(const struct settings *settings, int state, struct tokens *tokens, struct complaint *complaint)
{
	enum status status = tokens_remove(tokens, settings->token.name);

	if (status != STATUS_OK)
		return complain(complaint, STATUS_INVALID, "ferryd: there is no token called %s", settings->token.name);
	status = save(state, tokens, complaint);
	if (status == STATUS_OK)
		fprintf(stderr, "ferryd: %s is removed; a ferryd that runs forgets it after SIGHUP\n", settings->token.name);
	return status;
}

static void print_expiry(int64_t expires)
{
	char text[64] = "never";
	time_t seconds = (time_t)expires;
	struct tm parts;

	if (expires != TOKEN_NEVER && (!gmtime_r(&seconds, &parts) || strftime(text, sizeof(text), "%FT%TZ", &parts) == 0))
		snprintf(text, sizeof(text), "%lld", (long long)expires);
	printf("%s%s", text, expires <= clock_real() / CLOCK_SECOND ? " expired" : "");
}

/* Name, kind, expiry, share: a line each, tabs between them. */
static enum status list(const struct tokens *tokens, struct complaint *complaint)
{
	for (size_t i = 0; i < tokens->count; i++) {
		const struct token *token = &tokens->list[i];
		printf("%s\t%s\t", token->name, token->kind == TOKEN_KEY ? "key" : "token");
		print_expiry(token->expires);
		putchar('\t');
		text_print(stdout, span_of(token->share));
		if (*token->prefix)
			putchar('/');
		text_print(stdout, span_of(token->prefix));
		putchar('\n');
	}
	if (fflush(stdout) == EOF)
		return complain(complaint, status_from_errno(errno), "ferryd: token list: %s", strerror(errno));
	return STATUS_OK;
}

static enum status run_locked(const struct settings *settings, int state, struct complaint *complaint)
{
	struct tokens tokens;
	enum status status = state_tokens(state, &tokens, complaint);

	if (status != STATUS_OK)
		return status;
	switch (settings->token.action) {
	case TOKEN_COMMAND_ADD:
		status = add(settings, state, &tokens, complaint);
		break;
	case TOKEN_COMMAND_REMOVE:
		status = remove_token(settings, state, &tokens, complaint);
		break;
	case TOKEN_COMMAND_LIST:
	case TOKEN_COMMAND_NONE:
		status = list(&tokens, complaint);
		break;
	}
	tokens_release(&tokens);
	return status;
}

enum status token_command_run(const struct settings *settings, int state, struct complaint *complaint)
{
	int lock;
	enum status status = whole_file_lock(state, TOKENS_FILE, &lock);

	if (status != STATUS_OK)
		return complain(complaint, status, "ferryd: the state folder cannot be locked: %s", status_text(status));
	status = run_locked(settings, state, complaint);
	close(lock);
	return status;
}
