/* The honest server with one lie: listens on loopback, answers requests frame by frame, and bends those that are meant. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "against_client.h"
#include "sockets.h"


struct server {
	const struct attack *attack;
	uint64_t value;
	int listener;
	uint16_t port;
	pthread_t thread;
	atomic_uint count;
	atomic_uint visits;
	struct visit *guests[SERVER_VISITS_MAX];
	pthread_t threads[SERVER_VISITS_MAX];
};

/* --- The conversation ---------------------------------------------------------------------------------------------- */

static bool read_all(struct visit *visit, unsigned char *bytes, size_t length)
{
	while (length > 0) {
		size_t received = 0;
		if (stream_read(&visit->stream, bytes, length, &received) != STATUS_OK)
			return false;
		bytes += received;
		length -= received;
	}
	return true;
}

bool visit_hear(struct visit *visit, struct frame *frame, struct span *payload)
{
	unsigned char *bytes = visit->request + FRAME_HEADER_SIZE;

	if (!read_all(visit, visit->request, FRAME_HEADER_SIZE))
		return false;
	enum frame_phase phase = visit->request[4] == FRAME_HELLO ? FRAME_GREETING : FRAME_OPEN;
	if (frame_decode(visit->request, FRAME_FROM_CLIENT, phase, frame) != STATUS_OK || !read_all(visit, bytes, frame->length))
		return false;
	*payload = (struct span){bytes, frame->length};
	visit->number = frame->number;
	return true;
}

void visit_greet(struct visit *visit)
{
	const struct welcome welcome = {.version = 1, .window_requests = 64, .window_bytes = 65536, .links = 4};
	struct frame frame;
	struct span payload;

	if (visit_hear(visit, &frame, &payload))
		SAY_TRUE(visit, welcome_encode, &welcome);
	else
		visit->over = true;
}

void visit_serve(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	while (!visit->over && visit_hear(visit, &frame, &payload)) {
		if (frame.type == FRAME_GOODBYE)
			visit_end(visit);
		else
			visit_answer(visit, &frame, payload);
	}
}

void visit_hold(struct visit *visit)
{
	unsigned char byte;

	while (read_all(visit, &byte, 1))
		continue;
}

/* The client may well end it. */
static bool show_papers(struct visit *visit)
{
	struct tls_context context = {papers_context(papers_of(visit->attack->shape), PAPERS_SERVER)};
	enum status status = stream_secure(&visit->stream, &context, NULL);

	tls_context_release(&context);
	return status == STATUS_OK && stream_handshake(&visit->stream) == STATUS_OK;
}

static void *receive_visit(void *argument)
{
	struct visit *visit = argument;

	if (visit->attack->shape && !show_papers(visit)) {
		visit_end(visit);
	} else if (visit->attack->play) {
		visit->attack->play(visit);
	} else {
		visit_greet(visit);
		visit_serve(visit);
	}
	visit->over = true;
	visit_hold(visit);
	return NULL;
}

/* --- The server ---------------------------------------------------------------------------------------------------- */

static void admit(struct server *server, int fd)
{
	unsigned index = atomic_fetch_add(&server->visits, 1);
	struct visit *visit = calloc(1, sizeof(*visit));
	unsigned char *frame = malloc(FRAME_ROOM);

	if (!visit || !frame)
		give_up("malloc");
	*visit = (struct visit){.server = server, .attack = server->attack, .value = server->value, .frame = frame};
	stream_init(&visit->stream, fd);
	server->guests[index] = visit;
	if (pthread_create(&server->threads[index], NULL, receive_visit, visit) != 0)
		give_up("pthread_create");
}

static void *serve(void *argument)
{
	struct server *server = argument;
	int fd;

	while ((fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		if (server_visits(server) < SERVER_VISITS_MAX)
			admit(server, fd);
		else
			close(fd);
	}
	return NULL;
}

struct server *server_start(const struct attack *attack, uint64_t value)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct server *server = calloc(1, sizeof(*server));
	socklen_t length = sizeof(address);

	if (!server)
		give_up("calloc");
	server->attack = attack;
	server->value = value;
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&address, length) < 0 || listen(server->listener, 64) < 0 ||
		getsockname(server->listener, (struct sockaddr *)&address, &length) < 0)
		give_up("listen");
	server->port = ntohs(address.sin_port);
	if (pthread_create(&server->thread, NULL, serve, server) != 0)
		give_up("pthread_create");
	return server;
}

uint16_t server_port(const struct server *server)
{
	return server->port;
}

unsigned server_visits(const struct server *server)
{
	return atomic_load(&server->visits);
}

unsigned server_count(struct server *server)
{
	return atomic_fetch_add(&server->count, 1) + 1;
}

void server_stop(struct server *server)
{
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->listener);
	for (unsigned i = 0; i < server_visits(server); i++) {
		struct visit *visit = server->guests[i];
		shutdown(visit->stream.fd, SHUT_RDWR);
		pthread_join(server->threads[i], NULL);
		stream_close(&visit->stream);
		free(visit->frame);
		free(visit);
	}
	free(server);
}
