/* A server that is not ferry: answers every client with the bytes of a file, or holds its tongue. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sockets.h"

/*
 * usage: impostor close|hold [FILE]     serves until standard input ends
 * close: ends its side behind the bytes; hold: stays silent behind them until the client goes.
 */
struct answer {
	char *bytes;
	size_t length;
	bool hold;
};

struct visit {
	const struct answer *answer;
	int fd;
};

static void *receive_visit(void *argument)
{
	struct visit visit = *(struct visit *)argument;
	free(argument);
	if (socket_send(visit.fd, visit.answer->bytes, visit.answer->length) && !visit.answer->hold)
		shutdown(visit.fd, SHUT_WR);
	socket_drain(visit.fd);
	close(visit.fd);
	return NULL;
}

static void read_answer(const char *path, struct answer *answer)
{
	FILE *in = fopen(path, "rb");
	FILE *out = open_memstream(&answer->bytes, &answer->length);
	int byte;
	if (!in || !out)
		give_up(path);
	while ((byte = fgetc(in)) != EOF)
		fputc(byte, out);
	fclose(in);
	fclose(out);
}

int main(int count, char **arguments)
{
	static struct answer answer;
	if (count < 2)
		return 2;
	answer.hold = strcmp(arguments[1], "hold") == 0;
	if (count > 2)
		read_answer(arguments[2], &answer);
	int listener = socket_listen();
	int client;
	while ((client = socket_accept(listener, NULL)) >= 0) {
		struct visit *visit = malloc(sizeof *visit);
		pthread_t thread;
		if (!visit)
			give_up("malloc");
		*visit = (struct visit){&answer, client};
		if (pthread_create(&thread, NULL, receive_visit, visit) || pthread_detach(thread))
			give_up("pthread_create");
	}
	_exit(0);
}
