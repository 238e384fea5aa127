/* Loopback TCP for test tools; a tool that can't go on ends. */
#include "sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

void give_up(const char *text)
{
	perror(text);
	exit(1);
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int socket_listen(void)
{
	struct sockaddr_in address = loopback(0);
	socklen_t length = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) || listen(fd, SOMAXCONN) ||
	    getsockname(fd, (struct sockaddr *)&address, &length))
		give_up("listen");
	printf("%u\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

/* Returns false at the end of standard input. */
static bool take_line(void (*heard)(void))
{
	char line[256];
	if (read(STDIN_FILENO, line, sizeof line) <= 0)
		return false;
	if (heard)
		heard();
	return true;
}

int socket_accept(int listener, void (*heard)(void))
{
	struct pollfd ready[2] = {{.fd = listener, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
	for (;;) {
		if (poll(ready, 2, -1) < 0)
			give_up("poll");
		if (ready[1].revents && !take_line(heard))
			return -1;
		if (ready[0].revents)
			return accept(listener, NULL, NULL);
	}
}

int socket_connect(uint16_t port)
{
	struct sockaddr_in address = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		give_up("socket");
	if (!connect(fd, (struct sockaddr *)&address, sizeof address))
		return fd;
	close(fd);
	return -1;
}

bool socket_send(int fd, const void *bytes, size_t length)
{
	const char *next = bytes;
	while (length > 0) {
		ssize_t sent = send(fd, next, length, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		next += sent;
		length -= (size_t)sent;
	}
	return true;
}

void socket_drain(int fd)
{
	char dropped[4096];
	while (recv(fd, dropped, sizeof dropped, 0) > 0)
		continue;
}
