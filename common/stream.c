/* Moves bytes by plain TCP, or hands them to TLS. */
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
	tls_free(stream->tls);
	if (stream->open)
		close(stream->fd);
	*stream = (struct stream){.fd = -1};
}

enum status stream_secure(struct stream *stream, const struct tls_context *context, const char *host)
{
	return tls_new(context, &(struct tls_setup){.fd = stream->fd, .host = host, .rekey = TLS_REKEY}, &stream->tls);
}

void stream_expose(struct stream *stream)
{
	assert(tls_met_plain(stream->tls));
	tls_free(stream->tls);
	stream->tls = NULL;
}

/* A blocking caller gets a status that says to wait only when its timeout is over. */
static enum status status_of_tls(const struct stream *stream, enum status status)
{
	bool waits = status == STATUS_WANT_READ || status == STATUS_WANT_WRITE;

	return waits && stream->blocking ? STATUS_TIMEOUT : status;
}

enum status stream_handshake(struct stream *stream)
{
	return stream->tls ? status_of_tls(stream, tls_handshake(stream->tls)) : STATUS_OK;
}

bool stream_has_input(const struct stream *stream)
{
	return stream->tls && tls_has_input(stream->tls);
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

bool stream_read_wants_room(const struct stream *stream)
{
	return stream->tls && tls_read_wants_room(stream->tls);
}

bool stream_write_wants_input(const struct stream *stream)
{
	return stream->tls && tls_write_wants_input(stream->tls);
}

static enum status receive(struct stream *stream, void *bytes, size_t capacity, size_t *length)
{
	ssize_t received;

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

enum status stream_read(struct stream *stream, void *bytes, size_t capacity, size_t *length)
{
	/* Nothing asked for would look like the peer's end. */
	assert(capacity > 0);
	if (stream->tls)
		return status_of_tls(stream, tls_read(stream->tls, bytes, capacity, length));
	return receive(stream, bytes, capacity, length);
}

enum status stream_drain(struct stream *stream, void *bytes, size_t capacity)
{
	size_t length;

	return receive(stream, bytes, capacity, &length);
}

enum status stream_write(struct stream *stream, const void *bytes, size_t length, enum stream_more more, size_t *written)
{
	int flags = MSG_NOSIGNAL | (more == STREAM_MORE ? MSG_MORE : 0);
	ssize_t sent;

	if (stream->tls)
		return status_of_tls(stream, tls_write(stream->tls, bytes, length, more == STREAM_MORE, written));
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
	if (stream->tls)
		return status_of_tls(stream, tls_send_file(stream->tls, file, offset, length, sent));
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
	enum status status = stream->tls ? status_of_tls(stream, tls_shut(stream->tls)) : STATUS_OK;

	/* Where TLS has failed no close_notify can be sent. */
	if (status != STATUS_OK && status != STATUS_LOST)
		return status;
	if (shutdown(stream->fd, SHUT_WR) < 0)
		return status_of_call(stream, errno, STATUS_LOST);
	return STATUS_OK;
}
