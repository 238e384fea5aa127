/* Private folders: where the programs keep files that are their user's alone, such as identities, tokens and digests. */
#ifndef PRIVATE_FOLDER_H
#define PRIVATE_FOLDER_H

#include "status.h"

/* $VARIABLE/ferry where that is an absolute path, else ~/BELOW_HOME/ferry; NULL without either, or without memory. */
char *private_folder_path(const char *variable, const char *below_home);

/* Opens PATH; missing folders on the way are made, for their owner alone. */
MUST_CHECK enum status private_folder_open(const char *path, int *fd);

#endif
