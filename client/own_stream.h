/* Own streams: which of our descriptors a path leads to, such as /dev/stdout. */
#ifndef OWN_STREAM_H
#define OWN_STREAM_H

#include <stdbool.h>

/*
 * The descriptor that the symbolic link PATH leads to: a link of /proc or /dev, or the user's own link to one of these. A number
 * there names the descriptor; a link to a device or a pipe itself means any writable one, and a link to a file means none.
 * Such a name must not be replaced by a file, and a descriptor opened anew would overwrite the stream from its start: write to this
 * descriptor instead. OWN_STREAM_NONE for any other path.
 */
#define OWN_STREAM_NONE (-1)
int own_stream(const char *path);

/* Is FD open for writing? A standard stream that was closed is not: main() opens /dev/null there, for reading alone. */
bool own_stream_is_writable(int fd);

#endif
