/* Takes files of lines apart, and writes them. */
#include "line_file.h"

#include <stdlib.h>
#include <string.h>

/* TEXT of LENGTH bytes, with a NUL behind them. */
static enum status take_lines(const struct line_file *file, char *text, size_t length, void *store, size_t *line)
{
	enum status status = STATUS_OK;
	size_t number = 0;

	for (char *start = text, *end; status == STATUS_OK && start < text + length; start = end + 1) {
		number++;
		end = memchr(start, '\n', (size_t)(text + length - start));
		end = end ? end : text + length;
		*end = '\0';
		if (strlen(start) != (size_t)(end - start))
			status = STATUS_INVALID;
		else if (*start != '\0' && *start != '#')
			status = file->take(store, start);
	}
	*line = status == STATUS_OK ? 0 : number;
	return status;
}

/* TEXT is the callee's. */
static enum status take_text(const struct line_file *file, char *text, size_t length, void *store, size_t *line)
{
	enum status status = take_lines(file, text, length, store, line);

	explicit_bzero(text, length);
	free(text);
	return status;
}

enum status line_file_parse(const struct line_file *file, struct span text, void *store, size_t *line)
{
	char *copy = malloc(text.length + 1);

	*line = 0;
	if (!copy)
		return STATUS_NO_MEMORY;
	if (text.length > 0)
		memcpy(copy, text.bytes, text.length);
	copy[text.length] = '\0';
	return take_text(file, copy, text.length, store, line);
}

enum status line_file_load(const struct line_file *file, int folder, void *store, size_t *line)
{
	char *text;
	size_t length;
	enum status status = whole_file_read(folder, file->name, file->text_max, file->readers, &text, &length);

	*line = 0;
	if (status == STATUS_OK)
		return take_text(file, text, length, store, line);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status line_file_save(const struct line_file *file, int folder, const void *store)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	enum status status = STATUS_NO_MEMORY;

	if (!out)
		return status;
	file->write(out, store);
	if (fclose(out) == 0)
		status = whole_file_replace(folder, file->name, text, length);
	free(text);
	return status;
}
