/* What tests of TLS share: two connected sockets, credentials, both handshakes at once, and short words either way. */
#ifndef SECURED_H
#define SECURED_H

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "path.h"
#include "stream.h"

/* A server's and a client's end of one connection, both non-blocking. */
struct pair {
	struct tls_context server_context, client_context;
	struct pin server_pin, client_pin;
	struct stream server, client;
};

static inline void connect_sockets(int fds[2])
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
	fds[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fds[1], (struct sockaddr *)&address, sizeof(address)), 0);
	fds[0] = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	assert_true(fds[0] >= 0);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	close(listener);
}

/* Until something is there to be received. */
static inline void await_byte(int fd)
{
	struct pollfd readable = {.fd = fd, .events = POLLIN};

	assert_int_equal(poll(&readable, 1, 5000), 1);
}

static inline void make_credentials(struct credentials *credentials, struct pin *pin)
{
	char *text;
	size_t length;

	assert_int_equal(credentials_make("test", &text, &length), STATUS_OK);
	assert_int_equal(credentials_parse(span_of(text), span_of(text), credentials), STATUS_OK);
	assert_int_equal(certificate_pin(credentials->certificate, pin), STATUS_OK);
	free(text);
}

enum client_certificate { CLIENT_WITHOUT, CLIENT_WITH };

static inline struct pair pair_open(enum tls_clients clients, enum client_certificate certificate)
{
	struct pair pair;
	struct credentials server, client;
	int fds[2];

	make_credentials(&server, &pair.server_pin);
	make_credentials(&client, &pair.client_pin);
	assert_int_equal(tls_context_server(&server, clients, &pair.server_context), STATUS_OK);
	assert_int_equal(tls_context_client(certificate == CLIENT_WITH ? &client : NULL, &pair.client_context), STATUS_OK);
	credentials_release(&server);
	credentials_release(&client);
	connect_sockets(fds);
	stream_init(&pair.server, fds[0]);
	stream_init(&pair.client, fds[1]);
	return pair;
}

/* Turn by turn until neither side waits for the other; the client's outcome, the server's in *SERVER. */
static inline enum status shake_hands(struct pair *pair, enum status *server)
{
	enum status client = STATUS_WANT_READ;

	*server = STATUS_WANT_READ;
	while (*server == STATUS_WANT_READ || client == STATUS_WANT_READ) {
		if (client == STATUS_WANT_READ)
			client = stream_handshake(&pair->client);
		await_byte(pair->server.fd);
		*server = stream_handshake(&pair->server);
		if (client == STATUS_WANT_READ)
			await_byte(pair->client.fd);
	}
	return client;
}

static inline struct pair pair_secure(enum tls_clients clients, enum client_certificate certificate)
{
	struct pair pair = pair_open(clients, certificate);
	enum status server;

	assert_int_equal(stream_secure(&pair.server, &pair.server_context, NULL), STATUS_OK);
	assert_int_equal(stream_secure(&pair.client, &pair.client_context, "localhost"), STATUS_OK);
	assert_int_equal(shake_hands(&pair, &server), STATUS_OK);
	assert_int_equal(server, STATUS_OK);
	tls_approve(pair.client.tls);
	return pair;
}

static inline struct pair pair_plain_secure(void)
{
	return pair_secure(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
}

static inline void pair_close(struct pair *pair)
{
	stream_close(&pair->server);
	stream_close(&pair->client);
	tls_context_release(&pair->server_context);
	tls_context_release(&pair->client_context);
}

static inline void write_bytes(struct stream *stream, const void *bytes, size_t length)
{
	size_t written = 0;

	assert_int_equal(stream_write(stream, bytes, length, STREAM_LAST, &written), STATUS_OK);
	assert_int_equal(written, length);
}

static inline void write_text(struct stream *stream, const char *text)
{
	write_bytes(stream, text, strlen(text));
}

/* Waits where nothing has come. */
static inline enum status read_some(struct stream *stream, void *bytes, size_t capacity, size_t *length)
{
	enum status status;

	while ((status = stream_read(stream, bytes, capacity, length)) == STATUS_WANT_READ)
		await_byte(stream->fd);
	return status;
}

static inline void assert_reads(struct stream *stream, const char *text)
{
	char bytes[64];
	size_t length = 0;

	assert_int_equal(read_some(stream, bytes, sizeof(bytes), &length), STATUS_OK);
	assert_int_equal(length, strlen(text));
	assert_memory_equal(bytes, text, length);
}

static inline void assert_ends(struct stream *stream, enum status expected)
{
	char byte;
	size_t length;

	assert_int_equal(read_some(stream, &byte, 1, &length), expected);
}

#endif
