/* A snapshot: everything that lies below a folder, as text, so that whoever changed anything is found out. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

/*
 * One line for each thing, sorted: path, mode, owner, inode, links, size, times of change in full, and what it holds (a file's bytes
 * hashed, a symlink's target). Nothing is followed. On the heap; NULL with errno where something can't be looked at.
 */
char *snapshot_take(const char *folder);

/* Fails the test, with the first line that tells them apart, unless both are the same. */
void snapshot_assert_same(const char *before, const char *after);

#endif
