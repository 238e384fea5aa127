/* What the targets of lists share: reads one to its end and checks every line that was accepted. */
#ifndef LISTS_H
#define LISTS_H

#include "manifest.h"
#include "memory_file.h"
#include "path.h"
#include "text.h"

/* A failure goes to terminals as it is. */
static inline void check_failure(const struct failure *failure)
{
	CHECK(failure->code != EXIT_OK);
	for (const char *next = failure->text; *next; next++)
		CHECK((unsigned char)*next >= ' ' && *next != 0x7f);
}

/* What is not there, or is no file, is told; so is what is wrong with a list as a whole. */
static inline void list_cannot_be_read(enum manifest_kind kind)
{
	struct failure failure = {.code = EXIT_OK};
	struct manifest_item item;
	struct manifest *manifest = NULL;

	CHECK(manifest_open("/dev/null/list", kind, &manifest, &failure) != STATUS_OK);
	check_failure(&failure);
	manifest_close(manifest);
	CHECK(manifest_open("/", kind, &manifest, &failure) == STATUS_OK);
	CHECK(manifest_refuse(manifest, &failure, "it is of no use") == STATUS_INVALID);
	check_failure(&failure);
	CHECK(manifest_next(manifest, &item, &failure) == STATUS_IS_FOLDER);
	check_failure(&failure);
	manifest_close(manifest);
}

/* Reads BYTES as a list, calls SEE with each item. Was it sound to its end? */
static inline bool list_read(enum manifest_kind kind, const void *bytes, size_t length,
	void (*see)(const struct manifest_item *item, FILE *out), FILE *out)
{
	static struct memory_file file;
	struct failure failure = {.code = EXIT_OK};
	struct manifest_item item;
	struct manifest *manifest;
	enum status status;

	if (!*file.path) {
		memory_file_make(&file);
		list_cannot_be_read(kind);
	}
	memory_file_fill(&file, bytes, length);
	CHECK(manifest_open(file.path, kind, &manifest, &failure) == STATUS_OK);
	while ((status = manifest_next(manifest, &item, &failure)) == STATUS_OK)
		see(&item, out);
	if (status != STATUS_END)
		check_failure(&failure);
	manifest_close(manifest);
	return status == STATUS_END;
}

#endif
