/* Syncs: written bytes and new names reach stable storage as far as the kernel tells. */
#ifndef SYNC_H
#define SYNC_H

#include "status.h"

/* The bytes, size, times and mode of the file FD. After a failure nobody knows which of its bytes are on disk. */
MUST_CHECK enum status sync_file(int fd);

/* The names in the folder FD. Some file systems cannot sync a folder, and need not. */
MUST_CHECK enum status sync_folder(int fd);

/*
 * Everything in the file system of FD, written by any process (syncfs(2)): for many files one call that costs little more than one of
 * the above. STATUS_UNSUPPORTED where it is not known to mean as much, such as in network file systems and FUSE.
 */
MUST_CHECK enum status sync_file_system(int fd);

#endif
