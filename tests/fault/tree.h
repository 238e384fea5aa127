/* Folders with all that is in them: copied, emptied, compared. */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>

#define TREE_PATH_MAX 1024

/* FOLDER/BELOW; ends the test program when that is too long. */
void tree_path(char out[TREE_PATH_MAX], const char *folder, const char *below);

/* All functions here end the test program with a message when the system refuses. */

/* Makes what FROM holds in the existing folder TO, with modes, times and holes. */
void tree_copy(const char *from, const char *to);
void tree_copy_folders(const char *from, const char *to);
void tree_copy_file(const char *from, const char *to);
void tree_clear(const char *folder);

/* Calls VISIT for all that is below FOLDER but folders, by its path below it. */
void tree_walk(const char *folder, void (*visit)(void *context, const char *below), void *context);

/* A regular file mapped for reading; no bytes where it is empty, false where there is none. */
struct mapped {
	const unsigned char *bytes;
	size_t size;
};
bool mapped_open(const char *path, struct mapped *mapped);
void mapped_close(struct mapped *mapped);

/* Are both regular files, equal byte for byte? */
bool same_file(const char *one, const char *other);

/* Is every file of ONE in OTHER, equal and of the same time, and no other one? WHAT tells the first that differs. */
bool same_tree(const char *one, const char *other, char what[TREE_PATH_MAX]);

#endif
