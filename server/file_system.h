/* What is known of the kinds of file systems that files are served from. */
#ifndef FILE_SYSTEM_H
#define FILE_SYSTEM_H

#include <stdbool.h>

/*
 * Does a changed file get another ctime there, whoever changed it and whatever was done to hide that? Yes where this
 * machine's kernel alone keeps the time stamps. Elsewhere (network, FUSE, FAT) they are what others say, or can be set back.
 */
bool file_system_shows_changes(int fd);

/* Does all that lies there lie in memory? */
bool file_system_is_memory(int fd);

#endif
