/* Whole listings for tests of LIST. */
#ifndef LISTING_H
#define LISTING_H

#include "script.h"

#include <sys/stat.h>

#define NAMES_MAX 8192

/* A whole listing, sorted by name. */
struct listing {
	size_t count;
	struct entry entries[NAMES_MAX];
	char *names[NAMES_MAX];
	enum error_code failure; /* 0: DONE */
};

static inline struct listing *new_listing(void)
{
	struct listing *listing = calloc(1, sizeof(*listing));

	assert_non_null(listing);
	return listing;
}

static inline void free_listing(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		free(listing->names[i]);
	free(listing);
}

static inline void add_entries(struct listing *listing, struct span payload)
{
	struct reader reader;
	enum status status;

	reader_init(&reader, payload.bytes, payload.length);
	for (;;) {
		assert_true(listing->count < NAMES_MAX);
		struct entry *entry = &listing->entries[listing->count];
		status = entry_decode(&reader, entry);
		if (status != STATUS_OK)
			break;
		listing->names[listing->count] = strndup((const char *)entry->name.bytes, entry->name.length);
		listing->count++;
	}
	assert_int_equal(status, STATUS_END);
}

static inline struct listing *list_path(struct rig *rig, const char *path, bool recursive)
{
	struct listing *listing = new_listing();
	uint16_t number = rig_list(rig, path, recursive);
	struct answer answer = rig_answer_in(rig, FRAME_OPEN);
	struct done done;
	struct error error;

	while (answer.frame.type == FRAME_ENTRIES) {
		assert_int_equal(answer.frame.number, number);
		add_entries(listing, answer.payload);
		answer = rig_answer_in(rig, FRAME_OPEN);
	}
	if (answer.frame.type == FRAME_ERROR) {
		assert_int_equal(error_decode(answer.payload, &error), STATUS_OK);
		listing->failure = error.code;
		return listing;
	}
	assert_int_equal(answer.frame.type, FRAME_DONE);
	assert_int_equal(done_decode(answer.payload, &done), STATUS_OK);
	assert_int_equal(done.count, listing->count);
	/* Nothing that it held is left. */
	assert_int_equal(rig_folders(rig), 0);
	return listing;
}

/* The place of the only entry of that name and kind; fails where there is none. */
static inline size_t find(const struct listing *listing, const char *name, enum entry_kind kind)
{
	size_t found = NAMES_MAX;

	for (size_t i = 0; i < listing->count; i++) {
		if (strcmp(listing->names[i], name) == 0 && listing->entries[i].kind == kind) {
			assert_int_equal(found, NAMES_MAX);
			found = i;
		}
	}
	assert_int_not_equal(found, NAMES_MAX);
	return found;
}

static inline void make_folder(struct rig *rig, const char *path)
{
	assert_int_equal(mkdirat(rig->scratch.folder, path, 0755), 0);
}

static inline void make_file(struct rig *rig, const char *path)
{
	assert_int_equal(scratch_write(rig->scratch.folder, path, "text"), 0);
}

#endif
