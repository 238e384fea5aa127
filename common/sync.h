/* Syncs: what was written, or got a name, reaches stable storage as far as the kernel tells. */
#ifndef SYNC_H
#define SYNC_H

#include "status.h"

/* The bytes, size, times and mode of the file FD. After a failure nobody knows which of its bytes are on disk. */
MUST_CHECK enum status sync_file(int fd);

/* The names in the folder FD. Some file systems cannot sync a folder, and need not. */
MUST_CHECK enum status sync_folder(int fd);

#endif
