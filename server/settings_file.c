/* Reads the configuration file line by line: inih splits the settings, headers and line numbers are kept here. */
#include "settings_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "path.h"
#include "settings_table.h"
#include "trusted.h"

#define BLANKS " \t\r\n\f\v"

struct settings_file {
	const char *path;
	FILE *stream;
	struct settings *settings;
	struct complaint *complaint;
	enum status status; /* the first failure stays */

	char *text; /* getline's */
	size_t capacity;
	int line;

	bool in_section;
	enum setting_section section;
	int section_line;
};

/* Puts the place before the complaint. Returns false, as inih wants it from its handler. */
static bool fail_at(struct settings_file *file, int line, enum status status)
{
	struct complaint what = *file->complaint;

	file->status = complain(file->complaint, status, "%s:%d: %s", file->path, line, what.text);
	return false;
}

#define FAIL(file, ...) fail_at(file, (file)->line, complain((file)->complaint, STATUS_INVALID, __VA_ARGS__))

static struct share_settings *last_share(const struct settings_file *file)
{
	return &file->settings->shares[file->settings->share_count - 1];
}

/* Missing settings of a section are known when the next one begins or the file ends. */
static bool section_end(struct settings_file *file)
{
	if (!file->in_section || file->section != SECTION_SHARE || last_share(file)->path)
		return true;
	return fail_at(file, file->section_line,
		complain(file->complaint, STATUS_INVALID, "[share %s] needs a path", last_share(file)->name));
}

static bool share_exists(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->share_count; i++) {
		if (settings->shares[i].name && strcmp(settings->shares[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool share_begin(struct settings_file *file, const char *name)
{
	struct settings *settings = file->settings;
	struct share_settings *grown;

	if (!path_name_legal(span_of(name)))
		return FAIL(file, "[share NAME] needs a name without '/' that is neither '.' nor '..', not '%s'", name);
	if (share_exists(settings, name))
		return FAIL(file, "there is a share called %s already", name);
	grown = reallocarray(settings->shares, settings->share_count + 1, sizeof(*grown));
	char *copy = strdup(name);
	if (grown)
		settings->shares = grown;
	if (!grown || !copy) {
		free(copy);
		return FAIL(file, "out of memory");
	}
	grown[settings->share_count++] = (struct share_settings){.name = copy};
	for (size_t i = 0; i < setting_row_count; i++) {
		if (setting_rows[i].section == SECTION_SHARE)
			settings->set_in_line[i] = 0;
	}
	return true;
}

/* HEADER is the text between the brackets, without blanks around it. */
static bool section_begin(struct settings_file *file, char *header)
{
	size_t word = strcspn(header, BLANKS);
	char *rest = header + word + strspn(header + word, BLANKS);

	if (!section_end(file))
		return false;
	file->in_section = true;
	file->section_line = file->line;
	if (strcmp(header, "server") == 0) {
		file->section = SECTION_SERVER;
		return true;
	}
	if (word != strlen("share") || strncmp(header, "share", word) != 0)
		return FAIL(file, "unknown section [%s]: there are [server] and [share NAME]", header);
	file->section = SECTION_SHARE;
	return share_begin(file, rest);
}

static void trim_end(char *text)
{
	size_t length = strlen(text);

	while (length > 0 && strchr(BLANKS, text[length - 1]))
		text[--length] = '\0';
}

/* Read here, not by inih, which does not report a section without settings and cuts its name to 49 bytes. */
static bool take_header(struct settings_file *file, const char *line)
{
	char header[512];
	const char *close = strchr(line, ']');
	const char *rest = close ? close + 1 + strspn(close + 1, BLANKS) : NULL;

	if (!close || (*rest && !strchr(";#", *rest)))
		return FAIL(file, "a section is a line of its own: [server] or [share NAME]");
	line += 1 + strspn(line + 1, BLANKS);
	snprintf(header, sizeof(header), "%.*s", close > line ? (int)(close - line) : 0, line);
	trim_end(header);
	return section_begin(file, header);
}

/* The next line without blanks at its start, where inih would see a continuation; NULL at the end or when it is wrong. */
static const char *read_line(struct settings_file *file, size_t length_max)
{
	ssize_t length;
	const char *line;

	length = getline(&file->text, &file->capacity, file->stream);
	if (length < 0 && ferror(file->stream))
		file->status = complain(file->complaint, status_from_errno(errno), "%s: %s", file->path, strerror(errno));
	if (length < 0)
		return NULL;
	file->line++;
	if (memchr(file->text, '\0', (size_t)length)) {
		FAIL(file, "a NUL byte");
		return NULL;
	}
	line = file->text + (file->line == 1 && strncmp(file->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
	line += strspn(line, BLANKS);
	if (strlen(line) > length_max) {
		FAIL(file, "longer than %zu bytes", length_max - strlen("\n"));
		return NULL;
	}
	return line;
}

/* inih's reader, as fgets. */
static char *next_line(char *out, int capacity, void *context)
{
	struct settings_file *file = context;
	const char *line = file->status == STATUS_OK ? read_line(file, (size_t)capacity - 1) : NULL;

	if (!line || (line[0] == '[' && !take_header(file, line)))
		return NULL;
	return memcpy(out, line, strlen(line) + 1);
}

/* inih's handler: one setting. */
static int take_setting(void *context, const char *section, const char *name, const char *value)
{
	struct settings_file *file = context;
	const struct setting *row = setting_find(file->section, name);
	struct complaint what;

	(void)section;
	if (file->status != STATUS_OK)
		return false;
	if (!file->in_section)
		return FAIL(file, "a setting before any section: begin with [server] or [share NAME]");
	if (!row)
		return FAIL(file, "unknown setting %s in [%s]", name, file->section == SECTION_SERVER ? "server" : "share");
	int *set_in_line = &file->settings->set_in_line[row - setting_rows];
	if (*set_in_line && !row->repeatable)
		return FAIL(file, "%s is set in line %d already", name, *set_in_line);
	*set_in_line = file->line;
	void *target = file->section == SECTION_SERVER ? (void *)file->settings : last_share(file);
	if (setting_parse(row, value, target, &what) != STATUS_OK)
		return FAIL(file, "%s = %s: %s", name, value, what.text);
	return true;
}

static enum status read_stream(struct settings_file *file)
{
	int wrong_line = ini_parse_stream(next_line, file, take_setting, file);

	if (wrong_line < 0)
		file->status = complain(file->complaint, STATUS_NO_MEMORY, "%s: out of memory", file->path);
	/* inih goes on behind a line that it can't split, so a complaint may belong to a later one. */
	if (wrong_line > 0 && (file->status == STATUS_OK || wrong_line < file->line))
		fail_at(file, wrong_line, complain(file->complaint, STATUS_INVALID, "neither a setting, NAME = VALUE, nor a section"));
	if (file->status == STATUS_OK)
		section_end(file);
	return file->status;
}

enum status settings_file_read(const char *path, struct settings *settings, struct complaint *complaint)
{
	struct settings_file file = {.path = path, .settings = settings, .complaint = complaint, .status = STATUS_OK};
	int fd;
	enum status status = trusted_open(path, O_RDONLY, 0, &fd);

	assert(setting_row_count <= SETTINGS_ROWS_MAX);
	if (status != STATUS_OK)
		return complain(complaint, status, "%s: %s", path, status_text(status));
	file.stream = fdopen(fd, "r");
	if (!file.stream) {
		close(fd);
		return complain(complaint, STATUS_NO_MEMORY, "%s: out of memory", path);
	}
	status = read_stream(&file);
	fclose(file.stream);
	free(file.text);
	return status;
}
