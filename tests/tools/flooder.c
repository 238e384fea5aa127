/* A client that wears TLS out: many handshakes at once, many connections that stay or are reset, or key updates without end. */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "sockets.h"

/*
 * usage: flooder handshakes COUNT PORT   begins COUNT handshakes at once, says "begun", goes on with each until it is through or
 *                                        the server ends it, and says "NUMBER through in MILLISECONDS"
 *        flooder stays COUNT PORT        that many connections, one after the other through the greeting; says "here", and stays until
 *                                        standard input ends
 *        flooder resets COUNT PORT       that many connections, each reset unused a little later: "over"
 *        flooder updates PORT            one connection that changes its key until the server ends it: "ended"
 */
#define PATIENCE_MS 30000
/* Connections that are open at a time before they are reset, and how much later the next one comes. */
#define RESETS_AT_ONCE 12
#define RESETS_APART_MS 1

struct victim {
	SSL *ssl;
	int fd; /* -1: over */
	short wants;
};

static SSL_CTX *make_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	/* Success is 0 here. */
	if (!context || SSL_CTX_set_alpn_protos(context, (const unsigned char *)"\x07" "ferry/1", 8) != 0)
		give_up("flooder: TLS");
	return context;
}

static SSL *begin(SSL_CTX *context, int fd)
{
	SSL *ssl = SSL_new(context);
	int at_once = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
	if (fd < 0 || !ssl || SSL_set_fd(ssl, fd) != 1)
		give_up("flooder: connection");
	SSL_set_connect_state(ssl);
	return ssl;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void end(struct victim *victim)
{
	SSL_free(victim->ssl);
	close(victim->fd);
	*victim = (struct victim){.fd = -1};
}

/* One step on; true when the handshake is through. */
static bool shake(struct victim *victim)
{
	int result = SSL_do_handshake(victim->ssl);
	int error = SSL_get_error(victim->ssl, result);

	victim->wants = error == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN;
	if (result != 1 && (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE))
		return false;
	end(victim);
	return result == 1;
}

static int shake_all(struct victim *victims, struct pollfd *polled, int count)
{
	int through = 0, left = count;

	while (left > 0) {
		for (int i = 0; i < count; i++)
			polled[i] = (struct pollfd){.fd = victims[i].fd, .events = victims[i].wants};
		if (poll(polled, (nfds_t)count, PATIENCE_MS) <= 0)
			give_up("flooder: the server neither serves nor ends");
		for (int i = 0; i < count; i++) {
			if (!polled[i].revents)
				continue;
			through += shake(&victims[i]);
			left -= victims[i].fd < 0;
		}
	}
	return through;
}

static int flood_handshakes(int count, uint16_t port)
{
	SSL_CTX *context = make_context();
	struct victim *victims = calloc((size_t)count, sizeof(*victims));
	struct pollfd *polled = calloc((size_t)count, sizeof(*polled));
	long long started = now_ms();

	if (!victims || !polled)
		give_up("flooder: memory");
	for (int i = 0; i < count; i++) {
		victims[i].fd = socket_connect(port);
		victims[i].ssl = begin(context, victims[i].fd);
		victims[i].wants = POLLOUT;
		fcntl(victims[i].fd, F_SETFL, O_NONBLOCK);
	}
	puts("begun");
	int through = shake_all(victims, polled, count);
	printf("%d through in %lld\n", through, now_ms() - started);
	free(polled);
	free(victims);
	SSL_CTX_free(context);
	return 0;
}

/* HELLO, as docs/protocol.md has it; WELCOME has 30 bytes. */
static void greet(SSL *ssl)
{
	static const unsigned char hello[] = {
		0, 0, 0, 16, 1, 0, 0, 0, 'F', 'E', 'R', 'R', 'Y', '\r', '\n', 0x1a, 0, 1, 0, 1, 0, 0, 0, 0};
	unsigned char welcome[30];

	if (SSL_do_handshake(ssl) != 1 || SSL_write(ssl, hello, sizeof hello) != sizeof hello ||
	    SSL_read(ssl, welcome, sizeof welcome) != sizeof welcome || welcome[4] != 0x81)
		give_up("flooder: greeting");
}

static int stay(int count, uint16_t port)
{
	SSL_CTX *context = make_context();
	struct victim *victims = calloc((size_t)count, sizeof(*victims));

	if (!victims)
		give_up("flooder: memory");
	for (int i = 0; i < count; i++) {
		victims[i].fd = socket_connect(port);
		victims[i].ssl = begin(context, victims[i].fd);
		greet(victims[i].ssl);
	}
	puts("here");
	while (getchar() != EOF)
		;
	for (int i = 0; i < count; i++)
		end(&victims[i]);
	free(victims);
	SSL_CTX_free(context);
	return 0;
}

/* Each is there for long enough that the server looks at it. */
static int flood_resets(int count, uint16_t port)
{
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	int fds[RESETS_AT_ONCE];

	for (int i = 0; i < count; i++) {
		int *fd = &fds[i % RESETS_AT_ONCE];
		if (i >= RESETS_AT_ONCE)
			close(*fd);
		*fd = socket_connect(port);
		if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) < 0)
			give_up("flooder: connection");
		poll(NULL, 0, RESETS_APART_MS);
	}
	puts("over");
	return 0;
}

/* The server reads until it has had enough; then what is sent is lost. */
static int flood_updates(uint16_t port)
{
	SSL_CTX *context = make_context();
	int fd = socket_connect(port);
	SSL *ssl = begin(context, fd);
	long long patience = now_ms() + PATIENCE_MS;

	if (SSL_do_handshake(ssl) != 1)
		give_up("flooder: handshake");
	while (SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(ssl) == 1) {
		if (now_ms() > patience)
			give_up("flooder: the server takes every key");
	}
	puts("ended");
	SSL_free(ssl);
	close(fd);
	SSL_CTX_free(context);
	return 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if (argc == 4 && strcmp(argv[1], "handshakes") == 0)
		return flood_handshakes(atoi(argv[2]), (uint16_t)atoi(argv[3]));
	if (argc == 4 && strcmp(argv[1], "stays") == 0)
		return stay(atoi(argv[2]), (uint16_t)atoi(argv[3]));
	if (argc == 4 && strcmp(argv[1], "resets") == 0)
		return flood_resets(atoi(argv[2]), (uint16_t)atoi(argv[3]));
	if (argc == 3 && strcmp(argv[1], "updates") == 0)
		return flood_updates((uint16_t)atoi(argv[2]));
	fputs("usage: flooder handshakes COUNT PORT | stays COUNT PORT | resets COUNT PORT | updates PORT\n", stderr);
	return 2;
}
