/* Own streams: which of our descriptors a path leads to, such as /dev/stdout. */
#ifndef OWN_STREAM_H
#define OWN_STREAM_H

#include <stdbool.h>

/*
 * The descriptor that is what the symbolic link PATH leads to: a link of /proc or /dev, or the user's own to one of these.
 * Such a name is none to put a file in the place of, and to open it anew would be to write over what the stream has got already:
 * whoever is to write there writes to the descriptor. OWN_STREAM_NONE for any other path.
 */
#define OWN_STREAM_NONE (-1)
int own_stream(const char *path);

/* Is FD open for writing? Not where it stands for a stream that was closed: main() opens those for reading alone. */
bool own_stream_is_writable(int fd);

#endif
