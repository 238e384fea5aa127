/* One byte stream to a peer, blocking or not: plain TCP now, TLS behind the same calls. */
#include "stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

void stream_init(struct stream *stream, int fd)
{
	*stream = (struct stream){.fd = fd, .open = true, .blocking = !(fcntl(fd, F_GETFL) & O_NONBLOCK)};
}

void stream_close(struct stream *stream)
{
	if (stream->open)
		close(stream->fd);
	*stream = (struct stream){.fd = -1};
}

/* WANTED is what a non-blocking caller waits for. A blocking one can see EAGAIN only when its timeout is over. */
static enum status status_of_call(const struct stream *stream, int error, enum status wanted)
{
	switch (error) {
	case EAGAIN:
		return stream->blocking ? STATUS_TIMEOUT : wanted;
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
	case ENOTCONN:
	case ETIMEDOUT: /* the kernel gave up on a peer that no longer acknowledges */
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
		return STATUS_LOST;
	default:
		return status_from_errno(error);
	}
}

enum status stream_read(struct stream *stream, void *bytes, size_t capacity, size_t *length)
{
	ssize_t received;

	/* Nothing asked for would look like the peer's end. */
	assert(capacity > 0);
	do
		received = recv(stream->fd, bytes, capacity, 0);
	while (received < 0 && errno == EINTR);
	if (received < 0)
		return status_of_call(stream, errno, STATUS_WANT_READ);
	if (received == 0)
		return STATUS_END;
	*length = (size_t)received;
	return STATUS_OK;
}

enum status stream_write(struct stream *stream, const void *bytes, size_t length, enum stream_more more, size_t *written)
{
	int flags = MSG_NOSIGNAL | (more == STREAM_MORE ? MSG_MORE : 0);
	ssize_t sent;

	do
		sent = send(stream->fd, bytes, length, flags);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return status_of_call(stream, errno, STATUS_WANT_WRITE);
	*written = (size_t)sent;
	return STATUS_OK;
}

enum status stream_send_file(struct stream *stream, int file, off_t *offset, size_t length, size_t *sent)
{
	ssize_t moved;

	/* Nothing asked for would look like the file's end. */
	assert(length > 0);
	do
		moved = sendfile(stream->fd, file, offset, length);
	while (moved < 0 && errno == EINTR);
	/* EINVAL: a file that offers no pages to send, as some virtual ones do. */
	if (moved < 0 && (errno == EINVAL || errno == ENOSYS))
		return STATUS_UNSUPPORTED;
	if (moved < 0)
		return status_of_call(stream, errno, STATUS_WANT_WRITE);
	if (moved == 0)
		return STATUS_END;
	*sent = (size_t)moved;
	return STATUS_OK;
}

enum status stream_shut(struct stream *stream)
{
	if (shutdown(stream->fd, SHUT_WR) < 0)
		return status_of_call(stream, errno, STATUS_LOST);
	return STATUS_OK;
}
