/* A BIO made of libcrypto's socket BIO with other calls to send and receive. */
#include "tls_socket.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/socket.h>

#include <openssl/bio.h>

/* Made once per process, never changed. */
static BIO_METHOD *method;
static pthread_once_t method_once = PTHREAD_ONCE_INIT;

static struct tls_socket *socket_of(BIO *bio)
{
	return BIO_get_app_data(bio);
}

static int fd_of(BIO *bio)
{
	return (int)BIO_get_fd(bio, NULL);
}

static int fail(struct tls_socket *socket, int error)
{
	socket->error = error;
	return -1;
}

static int send_bytes(BIO *bio, const char *bytes, int length)
{
	struct tls_socket *socket = socket_of(bio);
	int flags = MSG_NOSIGNAL | (socket->more ? MSG_MORE : 0);
	ssize_t sent;

	BIO_clear_retry_flags(bio);
	if (socket->closed)
		return fail(socket, EPIPE);
	/* The kernel makes the record: its type travels beside the bytes, which libcrypto knows how to do. */
	if (BIO_get_ktls_send(bio))
		return BIO_meth_get_write(BIO_s_socket())(bio, bytes, length);
	do
		sent = send(fd_of(bio), bytes, (size_t)length, flags);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return (int)sent;
	if (errno != EAGAIN)
		return fail(socket, errno);
	BIO_set_retry_write(bio);
	return -1;
}

static int receive_bytes(BIO *bio, char *bytes, int capacity)
{
	struct tls_socket *socket = socket_of(bio);
	ssize_t received;

	BIO_clear_retry_flags(bio);
	if (socket->closed)
		return fail(socket, EPIPE);
	if (BIO_get_ktls_recv(bio)) {
		received = BIO_meth_get_read(BIO_s_socket())(bio, bytes, capacity);
	} else {
		do
			received = recv(fd_of(bio), bytes, (size_t)capacity, 0);
		while (received < 0 && errno == EINTR);
		if (received < 0 && errno == EAGAIN)
			BIO_set_retry_read(bio);
	}
	/* libssl would end our direction too, but the peer may still be sent something: it only sees that nothing comes. */
	socket->ended = received == 0;
	if (socket->ended)
		BIO_set_retry_read(bio);
	socket->starved = received <= 0 && BIO_should_retry(bio);
	if (socket->starved)
		return -1;
	if (received < 0)
		return fail(socket, errno);
	if (!socket->heard) {
		socket->heard = true;
		socket->first = (unsigned char)bytes[0];
	}
	return (int)received;
}

static void make_method(void)
{
	const BIO_METHOD *plain = BIO_s_socket();

	method = BIO_meth_new(BIO_TYPE_SOCKET, "socket without signals");
	if (!method)
		return;
	BIO_meth_set_write(method, send_bytes);
	BIO_meth_set_read(method, receive_bytes);
	BIO_meth_set_ctrl(method, BIO_meth_get_ctrl(plain));
	BIO_meth_set_create(method, BIO_meth_get_create(plain));
	BIO_meth_set_destroy(method, BIO_meth_get_destroy(plain));
}

BIO *tls_socket_bio(int fd, struct tls_socket *socket)
{
	pthread_once(&method_once, make_method);
	BIO *bio = method ? BIO_new(method) : NULL;
	if (!bio)
		return NULL;
	if (!BIO_set_app_data(bio, socket)) {
		BIO_free(bio);
		return NULL;
	}
	BIO_set_fd(bio, fd, BIO_NOCLOSE);
	return bio;
}
