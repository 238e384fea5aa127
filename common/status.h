/* Outcome of an operation: one small enum, its text, and the way from errno. */
#ifndef STATUS_H
#define STATUS_H

/*
 * Functions that can fail return an enum status and write their results through their last parameters, only on
 * STATUS_OK. Lower layers return a status; the layer that decides what it means reports it, once.
 */
enum status {
	STATUS_OK = 0,

	/* Not failures: needs of a non-blocking step. */
	STATUS_WANT_READ,  /* wait until the descriptor is readable */
	STATUS_WANT_WRITE, /* wait until the descriptor is writable */
	STATUS_END,        /* orderly end: of a stream, a listing, a file */

	/* Names and files. */
	STATUS_INVALID,       /* malformed argument, name or setting; EINVAL */
	STATUS_NOT_FOUND,     /* ENOENT */
	STATUS_REFUSED,       /* EACCES, EPERM */
	STATUS_EXISTS,        /* EEXIST, ENOTEMPTY */
	STATUS_NOT_FOLDER,    /* ENOTDIR */
	STATUS_IS_FOLDER,     /* EISDIR */
	STATUS_SYMLINK,       /* ELOOP: a symlink where none is followed, EXDEV from openat2: it leads out of the root */
	STATUS_NOT_REGULAR,   /* a FIFO, device or socket where a regular file is needed */
	STATUS_NAME_TOO_LONG, /* ENAMETOOLONG */
	STATUS_READ_ONLY,     /* EROFS */
	STATUS_NO_SPACE,      /* ENOSPC, EDQUOT */
	STATUS_TOO_LARGE,     /* EFBIG, EOVERFLOW, a value beyond a stated limit */
	STATUS_IO,            /* EIO and every errno without a word of its own */
	STATUS_STALE,         /* ESTALE */
	STATUS_CHANGED,       /* the file is no longer the version that was named */
	STATUS_RANGE,         /* pieces that the file does not have */

	/* Resources. */
	STATUS_NO_MEMORY,   /* ENOMEM */
	STATUS_NO_FD,       /* EMFILE, ENFILE */
	STATUS_NO_THREAD,   /* EAGAIN of pthread_create(3) */
	STATUS_BUSY,        /* a cap is reached, a lock is held: try again later; EAGAIN, EBUSY */
	STATUS_LIMIT,       /* a cap that waiting does not lift */
	STATUS_INTERRUPTED, /* stopped by a signal; EINTR */

	/* Network and protocol. */
	STATUS_UNKNOWN_HOST,       /* the name does not resolve */
	STATUS_UNREACHABLE,        /* ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN */
	STATUS_CONNECTION_REFUSED, /* ECONNREFUSED */
	STATUS_ADDRESS_IN_USE,     /* EADDRINUSE, EADDRNOTAVAIL */
	STATUS_TIMEOUT,            /* no byte within the deadline; ETIMEDOUT */
	STATUS_LOST,               /* ECONNRESET, ECONNABORTED, ENETRESET, ENOTCONN, EPIPE, an end in mid-conversation */
	STATUS_PROTOCOL,           /* the peer broke the protocol, or does not speak it */
	STATUS_VERSION,            /* no common protocol version */
	STATUS_STOPPING,           /* the server is shutting down */
	STATUS_UNSUPPORTED,        /* not offered here; ENOSYS, EOPNOTSUPP */

	/* Proof. */
	STATUS_MISMATCH,  /* bytes do not have the digest that they should have */
	STATUS_UNTRUSTED, /* the peer's identity could not be proven */

	STATUS_COUNT
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* A short lower-case phrase, e.g. "no space left"; never NULL. */
const char *status_text(enum status status);

/* The status for an errno value; STATUS_IO where there is no better word. */
enum status status_from_errno(int error);

/* The status for the result of pthread_create(3), whose EAGAIN is a limit and no reason to try again. */
enum status status_from_thread(int error);

#endif
