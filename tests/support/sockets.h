/* Loopback TCP for test tools; a tool that can't go on ends. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Prints TEXT with errno's words and exits with 1. */
void give_up(const char *text) __attribute__((noreturn));

/* Listens on a free port of 127.0.0.1 and prints the port as a line. */
int socket_listen(void);

/* The next client, or -1 once standard input has ended. A line on standard input calls HEARD, which may be NULL. */
int socket_accept(int listener, void (*heard)(void));

/* A connection to a port of 127.0.0.1, or -1. */
int socket_connect(uint16_t port);

/* Writes all of it; false when the peer has gone. */
bool socket_send(int fd, const void *bytes, size_t length);

/* Reads and drops until the peer has gone. */
void socket_drain(int fd);

#endif
