/* Reads lists line by line and takes their lines apart. */
#include "manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hex.h"
#include "path.h"
#include "text.h"
#include "trusted.h"

#define SHOWN_SIZE 200

struct manifest {
	enum manifest_kind kind;
	FILE *in;
	char shown[SHOWN_SIZE];
	char *line; /* getline's */
	size_t room;
	size_t number;
	struct digest sum;
};

static enum status fail(const struct manifest *manifest, enum status status, struct failure *failure)
{
	failure_set(failure, FAILURE_LOCAL, status, "cannot read %s", manifest->shown);
	return status;
}

enum status manifest_refuse(const struct manifest *manifest, struct failure *failure, const char *problem)
{
	if (manifest->number > 0)
		failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "%s, line %zu: %s", manifest->shown, manifest->number, problem);
	else
		failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "%s: %s", manifest->shown, problem);
	return STATUS_INVALID;
}

/* --- Opening ------------------------------------------------------------------------------------------------------- */

static enum status open_input(const char *path, FILE **in)
{
	int fd;

	if (strcmp(path, "-") == 0) {
		*in = stdin;
		return STATUS_OK;
	}
	enum status status = trusted_open(path, O_RDONLY | O_NOCTTY, 0, &fd);
	if (status != STATUS_OK)
		return status;
	*in = fdopen(fd, "r");
	if (*in)
		return STATUS_OK;
	close(fd);
	return STATUS_NO_MEMORY;
}

enum status manifest_open(const char *path, enum manifest_kind kind, struct manifest **manifest, struct failure *failure)
{
	struct manifest *made = calloc(1, sizeof *made);

	if (!made) {
		failure_set(failure, FAILURE_LOCAL, STATUS_NO_MEMORY, "cannot read a list");
		return STATUS_NO_MEMORY;
	}
	made->kind = kind;
	text_escape(made->shown, sizeof made->shown, span_of(strcmp(path, "-") == 0 ? "standard input" : path));
	enum status status = open_input(path, &made->in);
	if (status == STATUS_OK) {
		*manifest = made;
		return STATUS_OK;
	}
	status = fail(made, status, failure);
	manifest_close(made);
	return status;
}

void manifest_close(struct manifest *manifest)
{
	if (!manifest)
		return;
	if (manifest->in && manifest->in != stdin)
		fclose(manifest->in);
	free(manifest->line);
	free(manifest);
}

/* --- Manifests ----------------------------------------------------------------------------------------------------- */

/* Decodes %XX in place; false for a bad escape, or one that gives a byte that no name may hold. */
static bool decode(char *text)
{
	struct span rest = span_of(text);
	char *out = text;

	while (rest.length > 0) {
		bool encoded = rest.bytes[0] == '%';
		int byte = text_decode_next(&rest);
		if (byte <= 0 || (encoded && byte == '/'))
			return false;
		*out++ = (char)byte;
	}
	*out = '\0';
	return true;
}

/* Cuts the next field off *REST at its TAB; *REST becomes NULL behind the last field. NULL when there is none. */
static char *split_off(char **rest)
{
	char *field = *rest;
	char *tab = field ? strchr(field, '\t') : NULL;

	*rest = tab ? tab + 1 : NULL;
	if (tab)
		*tab = '\0';
	return field;
}

/* Returns NULL, or a clause that says what is wrong with the line. */
static const char *parse_urls_line(struct manifest *manifest, struct manifest_item *item)
{
	char *rest = manifest->line;
	char *url = split_off(&rest), *destination = split_off(&rest), *sum = split_off(&rest);

	if (rest)
		return "it has more than URL, destination and SHA-256";
	if (destination && !*destination)
		destination = NULL;
	if (destination && !decode(destination))
		return "the destination has a bad escape: write % as %25";
	if (destination && path_check(span_of(destination)) != STATUS_OK)
		return "the destination has to be a path below the folder of -d, without . and ..";
	if (sum && *sum && !hex_parse(span_of(sum), &manifest->sum))
		return "its SHA-256 is not one of 64 hexadecimal digits";
	*item = (struct manifest_item){.name = url, .destination = destination, .sum = sum && *sum ? &manifest->sum : NULL};
	return NULL;
}

/* --- Sums ---------------------------------------------------------------------------------------------------------- */

/* Decodes sha256sum's escapes in place; false for a bad one. */
static bool unescape(char *text)
{
	char *out = text;

	while (*text) {
		if (*text != '\\') {
			*out++ = *text++;
			continue;
		}
		if (text[1] != '\\' && text[1] != 'n' && text[1] != 'r')
			return false;
		*out++ = text[1] == '\\' ? '\\' : text[1] == 'n' ? '\n' : '\r';
		text += 2;
	}
	*out = '\0';
	return true;
}

/* HEX, two characters that tell text from binary, NAME. Returns NAME; NULL: the line is not like that. */
static char *parse_plain(struct manifest *manifest, char *line)
{
	const size_t digits = HEX_SIZE - 1;

	if (strlen(line) < digits + 3 || line[digits] != ' ' || (line[digits + 1] != ' ' && line[digits + 1] != '*'))
		return NULL;
	if (!hex_parse((struct span){(const unsigned char *)line, digits}, &manifest->sum))
		return NULL;
	return line + digits + 2;
}

/* SHA256 (NAME) = HEX, as sha256sum --tag writes it. Returns NAME; NULL: the line is not like that. */
static char *parse_tagged(struct manifest *manifest, char *line)
{
	static const char before[] = "SHA256 (", after[] = ") = ";
	size_t length = strlen(line), tail = sizeof after - 1 + HEX_SIZE - 1;

	if (length <= sizeof before - 1 + tail || memcmp(line, before, sizeof before - 1) != 0)
		return NULL;
	char *end = line + length - tail;
	if (memcmp(end, after, sizeof after - 1) != 0 || !hex_parse(span_of(end + sizeof after - 1), &manifest->sum))
		return NULL;
	*end = '\0';
	return line + sizeof before - 1;
}

static const char *parse_sums_line(struct manifest *manifest, struct manifest_item *item)
{
	bool escaped = manifest->line[0] == '\\';
	char *line = manifest->line + escaped;
	char *name = parse_tagged(manifest, line);

	if (!name)
		name = parse_plain(manifest, line);
	if (!name)
		return "it is not a line of sha256sum";
	if (escaped && !unescape(name))
		return "its name has a bad escape";
	/* Names that find(1) passed to sha256sum begin with it. */
	if (strncmp(name, "./", 2) == 0)
		name += 2;
	if (!*name || path_check(span_of(name)) != STATUS_OK)
		return "its name has to be a path below the URL, without . and ..";
	*item = (struct manifest_item){.name = name, .sum = &manifest->sum};
	return NULL;
}

/* --- Lines --------------------------------------------------------------------------------------------------------- */

static bool says_nothing(const char *line)
{
	return *line == '#' || line[strspn(line, " \t\r")] == '\0';
}

/*
 * The next line without its end, by the rules of sha256sum: LF, CR LF, or a CR at the end of the file. STATUS_END behind the
 * last line. *LENGTH counts NUL bytes too.
 */
static enum status read_line(struct manifest *manifest, size_t *length)
{
	errno = 0;
	ssize_t got = getline(&manifest->line, &manifest->room, manifest->in);
	if (got < 0)
		return ferror(manifest->in) || errno ? status_from_errno(errno) : STATUS_END;
	if (got > 0 && manifest->line[got - 1] == '\n')
		manifest->line[--got] = '\0';
	if (got > 0 && manifest->line[got - 1] == '\r')
		manifest->line[--got] = '\0';
	manifest->number++;
	*length = (size_t)got;
	return STATUS_OK;
}

enum status manifest_next(struct manifest *manifest, struct manifest_item *item, struct failure *failure)
{
	size_t length = 0;

	for (;;) {
		enum status status = read_line(manifest, &length);
		if (status == STATUS_END)
			return STATUS_END;
		if (status != STATUS_OK)
			return fail(manifest, status, failure);
		if (strlen(manifest->line) != length)
			return manifest_refuse(manifest, failure, "it holds a NUL byte");
		if (!says_nothing(manifest->line))
			break;
	}
	const char *problem = manifest->kind == MANIFEST_URLS ? parse_urls_line(manifest, item) : parse_sums_line(manifest, item);
	return problem ? manifest_refuse(manifest, failure, problem) : STATUS_OK;
}
