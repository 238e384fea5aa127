/* The words for each status and the table that leads from errno to a status. */
#include "status.h"

#include <errno.h>
#include <stddef.h>

static const char *const texts[STATUS_COUNT] = {
	[STATUS_OK] = "ok",
	[STATUS_WANT_READ] = "waiting for input",
	[STATUS_WANT_WRITE] = "waiting for output",
	[STATUS_END] = "end reached",
	[STATUS_INVALID] = "invalid argument",
	[STATUS_NOT_FOUND] = "not found",
	[STATUS_REFUSED] = "permission refused",
	[STATUS_EXISTS] = "already exists",
	[STATUS_NOT_FOLDER] = "not a folder",
	[STATUS_IS_FOLDER] = "is a folder",
	[STATUS_SYMLINK] = "a symlink is not followed here",
	[STATUS_NOT_REGULAR] = "not a regular file",
	[STATUS_NAME_TOO_LONG] = "name too long",
	[STATUS_READ_ONLY] = "read-only file system",
	[STATUS_NO_SPACE] = "no space left",
	[STATUS_TOO_LARGE] = "too large",
	[STATUS_IO] = "input/output error",
	[STATUS_STALE] = "stale file handle",
	[STATUS_CHANGED] = "file changed",
	[STATUS_RANGE] = "no such piece",
	[STATUS_NO_MEMORY] = "out of memory",
	[STATUS_NO_FD] = "out of file descriptors",
	[STATUS_NO_THREAD] = "no more threads",
	[STATUS_BUSY] = "busy",
	[STATUS_LIMIT] = "limit reached",
	[STATUS_INTERRUPTED] = "interrupted",
	[STATUS_UNKNOWN_HOST] = "unknown host",
	[STATUS_UNREACHABLE] = "network unreachable",
	[STATUS_CONNECTION_REFUSED] = "connection refused",
	[STATUS_ADDRESS_IN_USE] = "address not available",
	[STATUS_TIMEOUT] = "timed out",
	[STATUS_LOST] = "connection lost",
	[STATUS_PROTOCOL] = "protocol broken",
	[STATUS_VERSION] = "no common protocol version",
	[STATUS_STOPPING] = "server is stopping",
	[STATUS_UNSUPPORTED] = "not supported",
	[STATUS_MISMATCH] = "digest does not match",
	[STATUS_UNTRUSTED] = "peer not trusted",
};

static const struct {
	int error;
	enum status status;
} errors[] = {
	{EINVAL, STATUS_INVALID},
	{ENOENT, STATUS_NOT_FOUND},
	{EACCES, STATUS_REFUSED},
	{EPERM, STATUS_REFUSED},
	{EEXIST, STATUS_EXISTS},
	{ENOTEMPTY, STATUS_EXISTS},
	{ENOTDIR, STATUS_NOT_FOLDER},
	{EISDIR, STATUS_IS_FOLDER},
	{ELOOP, STATUS_SYMLINK},
	{EXDEV, STATUS_SYMLINK},
	{ENAMETOOLONG, STATUS_NAME_TOO_LONG},
	{EROFS, STATUS_READ_ONLY},
	{ENOSPC, STATUS_NO_SPACE},
	{EDQUOT, STATUS_NO_SPACE},
	{EFBIG, STATUS_TOO_LARGE},
	{EOVERFLOW, STATUS_TOO_LARGE},
	{EIO, STATUS_IO},
	{ESTALE, STATUS_STALE},
	{ENOMEM, STATUS_NO_MEMORY},
	{EMFILE, STATUS_NO_FD},
	{ENFILE, STATUS_NO_FD},
	{EAGAIN, STATUS_BUSY},
	{EBUSY, STATUS_BUSY},
	{EINTR, STATUS_INTERRUPTED},
	{ENETUNREACH, STATUS_UNREACHABLE},
	{EHOSTUNREACH, STATUS_UNREACHABLE},
	{ENETDOWN, STATUS_UNREACHABLE},
	{EHOSTDOWN, STATUS_UNREACHABLE},
	{ECONNREFUSED, STATUS_CONNECTION_REFUSED},
	{EADDRINUSE, STATUS_ADDRESS_IN_USE},
	{EADDRNOTAVAIL, STATUS_ADDRESS_IN_USE},
	{ETIMEDOUT, STATUS_TIMEOUT},
	{ECONNRESET, STATUS_LOST},
	{ECONNABORTED, STATUS_LOST},
	{ENETRESET, STATUS_LOST},
	{EPIPE, STATUS_LOST},
	{ENOTCONN, STATUS_LOST},
	{ENOSYS, STATUS_UNSUPPORTED},
	{EOPNOTSUPP, STATUS_UNSUPPORTED},
};

const char *status_text(enum status status)
{
	/* A cast, since an enum's signedness is the compiler's choice. */
	size_t index = (size_t)status;
	return index < STATUS_COUNT && texts[index] ? texts[index] : "unknown status";
}

enum status status_from_errno(int error)
{
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		if (errors[i].error == error)
			return errors[i].status;
	}
	return STATUS_IO;
}

enum status status_from_thread(int error)
{
	if (error == 0)
		return STATUS_OK;
	return error == EAGAIN ? STATUS_NO_THREAD : status_from_errno(error);
}
