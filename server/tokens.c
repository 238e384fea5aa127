/* Reads, changes and writes the store of tokens. */
#include "tokens.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "line_file.h"
#include "path.h"
#include "text.h"

#define DIGITS_MAX 18 /* of seconds: no arithmetic overflows, and it is longer than the sun will shine */

static const char *const kinds[] = {[TOKEN_SECRET] = "token", [TOKEN_KEY] = "key"};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

void token_release(struct token *token)
{
	free(token->name);
	free(token->share);
	free(token->prefix);
	*token = (struct token){.name = NULL};
}

void tokens_release(struct tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++)
		token_release(&tokens->list[i]);
	free(tokens->list);
	*tokens = (struct tokens){.list = NULL};
}

bool token_name_legal(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= TOKEN_NAME_MAX &&
		strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}

/* A secret is 256 random bits: no salt or slow hash would make it harder to find. */
enum status token_digest(struct span secret, struct digest *digest)
{
	struct flat *flat;
	enum status status = flat_new(&flat);

	if (status != STATUS_OK)
		return status;
	flat_add(flat, secret.bytes, secret.length);
	flat_finish(flat, digest);
	flat_free(flat);
	return STATUS_OK;
}

static struct token *find(const struct tokens *tokens, const char *name)
{
	for (size_t i = 0; i < tokens->count; i++) {
		if (strcmp(tokens->list[i].name, name) == 0)
			return &tokens->list[i];
	}
	return NULL;
}

static enum status add(struct tokens *tokens, const struct token *token)
{
	if (find(tokens, token->name))
		return STATUS_EXISTS;
	if (tokens->count == TOKENS_MAX)
		return STATUS_LIMIT;
	struct token *grown = reallocarray(tokens->list, tokens->count + 1, sizeof(*grown));
	if (!grown)
		return STATUS_NO_MEMORY;
	tokens->list = grown;
	tokens->list[tokens->count++] = *token;
	return STATUS_OK;
}

enum status tokens_add(struct tokens *tokens, struct token *token)
{
	enum status status = add(tokens, token);

	if (status != STATUS_OK)
		token_release(token);
	return status;
}

enum status tokens_remove(struct tokens *tokens, const char *name)
{
	struct token *token = find(tokens, name);

	if (!token)
		return STATUS_NOT_FOUND;
	token_release(token);
	size_t behind = (size_t)(tokens->list + tokens->count - token) - 1;
	memmove(token, token + 1, behind * sizeof(*token));
	tokens->count--;
	return STATUS_OK;
}

/* Takes the text before the next DELIMITER, or all of it, off TEXT; the delimiter goes too. */
static struct span take_until(struct span *text, char delimiter)
{
	const unsigned char *end = memchr(text->bytes, delimiter, text->length);
	struct span taken = {text->bytes, end ? (size_t)(end - text->bytes) : text->length};
	size_t used = taken.length + (end ? 1 : 0);

	*text = (struct span){text->bytes + used, text->length - used};
	return taken;
}

static char *copy_of(struct span span)
{
	return strndup((const char *)span.bytes, span.length);
}

static bool parse_kind(struct span field, enum token_kind *kind)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (field.length != strlen(kinds[i]) || memcmp(field.bytes, kinds[i], field.length) != 0)
			continue;
		*kind = (enum token_kind)i;
		return true;
	}
	return false;
}

static bool parse_expires(struct span field, int64_t *expires)
{
	int64_t value = 0;

	if (field.length == strlen("never") && memcmp(field.bytes, "never", field.length) == 0) {
		*expires = TOKEN_NEVER;
		return true;
	}
	if (field.length == 0 || field.length > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < field.length; i++) {
		if (field.bytes[i] < '0' || field.bytes[i] > '9')
			return false;
		value = 10 * value + (field.bytes[i] - '0');
	}
	*expires = value;
	return true;
}

/* NULL for a bad escape or an escaped NUL, or without memory. */
static char *decode(struct span field)
{
	char *decoded = malloc(field.length + 1), *out = decoded;

	while (decoded && field.length > 0) {
		int byte = text_decode_next(&field);
		if (byte <= 0) {
			free(decoded);
			return NULL;
		}
		*out++ = (char)byte;
	}
	if (decoded)
		*out = '\0';
	return decoded;
}

/* SHARE[/PREFIX] */
static bool parse_place(struct span field, struct token *token)
{
	char *place = decode(field);
	struct span path = span_of(place ? place : "");

	if (path.length > 0 && path_check(path) == STATUS_OK) {
		token->share = copy_of(path_first(&path));
		token->prefix = copy_of(path);
	}
	free(place);
	return token->share && token->prefix;
}

static bool parse_line(struct span line, struct token *token)
{
	token->name = copy_of(take_until(&line, ' '));
	return token->name && token_name_legal(token->name) && parse_kind(take_until(&line, ' '), &token->kind) &&
		hex_parse(take_until(&line, ' '), &token->digest) && parse_expires(take_until(&line, ' '), &token->expires) &&
		parse_place(line, token);
}

/* A second token of a name, or one too many, is a wrong line like any other. */
static enum status take(void *store, char *line)
{
	struct token token = {.name = NULL};

	if (!parse_line(span_of(line), &token)) {
		token_release(&token);
		return STATUS_INVALID;
	}
	enum status status = tokens_add(store, &token);
	return status == STATUS_OK || status == STATUS_NO_MEMORY ? status : STATUS_INVALID;
}

static void write_line(FILE *out, const struct token *token)
{
	fprintf(out, "%s %s ", token->name, kinds[token->kind]);
	hex_print(out, (struct span){token->digest.bytes, sizeof(token->digest.bytes)});
	if (token->expires == TOKEN_NEVER)
		fputs(" never ", out);
	else
		fprintf(out, " %" PRId64 " ", token->expires);
	text_print_url_path(out, span_of(token->share));
	if (*token->prefix)
		fputc('/', out);
	text_print_url_path(out, span_of(token->prefix));
	fputc('\n', out);
}

static void write_all(FILE *out, const void *store)
{
	tokens_write(out, store);
}

static const struct line_file format = {
	.name = TOKENS_FILE,
	.text_max = TOKENS_TEXT_MAX,
	.readers = WHOLE_FILE_OWNER,
	.take = take,
	.write = write_all,
};

void tokens_write(FILE *out, const struct tokens *tokens)
{
	fputs("# Tokens of ferryd: `ferryd token` changes this file, SIGHUP makes a running ferryd read it again.\n", out);
	for (size_t i = 0; i < tokens->count; i++)
		write_line(out, &tokens->list[i]);
}

enum status tokens_parse(struct span text, struct tokens *tokens, size_t *line)
{
	*tokens = (struct tokens){.list = NULL};
	enum status status = line_file_parse(&format, text, tokens, line);
	if (status != STATUS_OK)
		tokens_release(tokens);
	return status;
}

enum status tokens_load(int folder, struct tokens *tokens, size_t *line)
{
	*tokens = (struct tokens){.list = NULL};
	enum status status = line_file_load(&format, folder, tokens, line);
	if (status != STATUS_OK)
		tokens_release(tokens);
	return status;
}

enum status tokens_save(int folder, const struct tokens *tokens)
{
	return line_file_save(&format, folder, tokens);
}
