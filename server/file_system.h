/* Kinds of file systems: which show every change, and which lie in memory. */
#ifndef FILE_SYSTEM_H
#define FILE_SYSTEM_H

#include <stdbool.h>

/*
 * Does a changed file get another ctime there, even if somebody tries to hide the change? Yes where this machine's kernel alone
 * sets the time stamps. Elsewhere (network, FUSE, FAT) they come from others, or can be set back.
 */
bool file_system_shows_changes(int fd);

/* Is the whole file system in memory? */
bool file_system_is_memory(int fd);

#endif
