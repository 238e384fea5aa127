/* Speaks as much of two protocols as asking for a file takes. */
#include "caller.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "message.h"
#include "sockets.h"

#define DROP_MAX (1u << 20)
#define FRAME_NUMBER_OFFSET 6 /* its last two bytes */

static void receive(int fd, void *bytes, size_t length)
{
	ssize_t got = recv(fd, bytes, length, MSG_WAITALL);

	if (got != (ssize_t)length)
		give_up("the server went away");
}

static void skip(int fd, uint64_t length)
{
	while (length > 0) {
		ssize_t got = recv(fd, NULL, length < DROP_MAX ? (size_t)length : DROP_MAX, MSG_TRUNC);
		if (got <= 0)
			give_up("the server went away");
		length -= (uint64_t)got;
	}
}

static struct frame receive_header(int fd, enum frame_phase phase)
{
	unsigned char header[FRAME_HEADER_SIZE];
	struct frame frame;

	receive(fd, header, sizeof(header));
	if (frame_decode(header, FRAME_FROM_SERVER, phase, &frame) != STATUS_OK || frame.type == FRAME_ERROR)
		give_up("the server did not answer as it should");
	return frame;
}

static void greet(int fd)
{
	unsigned char bytes[64];
	struct writer writer;

	writer_init(&writer, bytes, sizeof(bytes));
	hello_encode(&writer, &(struct hello){.version_min = PROTOCOL_VERSION, .version_max = PROTOCOL_VERSION});
	if (!socket_send(fd, bytes, writer_length(&writer)))
		give_up("hello");
	skip(fd, receive_header(fd, FRAME_GREETING).length);
}

void caller_open(struct caller *caller, const struct place *place)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(place->port)};
	const int yes = 1;

	*caller = (struct caller){.protocol = place->protocol, .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	if (inet_pton(AF_INET, place->host, &address.sin_addr) != 1)
		give_up(place->host);
	if (caller->fd < 0 || connect(caller->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		give_up("connect");
	setsockopt(caller->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (place->protocol == PROTOCOL_FERRY)
		greet(caller->fd);
}

void caller_ask(struct caller *caller, const struct question *question)
{
	unsigned char bytes[sizeof(question->bytes)];

	memcpy(bytes, question->bytes, question->length);
	if (caller->protocol == PROTOCOL_FERRY) {
		caller->number = frame_next_number(caller->number);
		bytes[FRAME_NUMBER_OFFSET] = (unsigned char)(caller->number >> 8);
		bytes[FRAME_NUMBER_OFFSET + 1] = (unsigned char)caller->number;
	}
	if (!socket_send(caller->fd, bytes, question->length))
		give_up("ask");
}

unsigned caller_drop(struct caller *caller, const struct question *question)
{
	ssize_t got = recv(caller->fd, NULL, DROP_MAX, MSG_TRUNC | MSG_DONTWAIT);

	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		give_up("the server went away");
	if (got < 0)
		return 0;
	caller->received += (uint64_t)got;
	unsigned answers = (unsigned)(caller->received / question->answer_length);
	caller->received %= question->answer_length;
	return answers;
}

/* --- Learning ------------------------------------------------------------------------------------------------------ */

static void learn_http(struct question *question, struct caller *caller, const struct place *place, const char *path)
{
	char header[2048];
	size_t length = 0;

	question->length = (size_t)snprintf((char *)question->bytes, sizeof(question->bytes), "GET /%s HTTP/1.1\r\nHost: %s\r\n\r\n",
		path, place->host);
	caller_ask(caller, question);
	do
		receive(caller->fd, header + length++, 1);
	while (length < sizeof(header) - 1 && (length < 4 || memcmp(header + length - 4, "\r\n\r\n", 4) != 0));
	header[length] = '\0';
	const char *content = strstr(header, "Content-Length: ");
	if (!content || !strstr(header, " 200 "))
		give_up("the server did not answer as it should");
	question->answer_length = length + strtoull(content + strlen("Content-Length: "), NULL, 10);
}

static void encode_read(struct question *question, const char *path, const struct version *version, uint64_t count)
{
	struct writer writer;

	writer_init(&writer, question->bytes, sizeof(question->bytes));
	read_request_encode(&writer, 1, &(struct pieces_request){.path = span_of(path), .version = *version, .count = count});
	question->length = writer_length(&writer);
}

/* Any version of a file may be asked for its first piece only; what FILE says leads to the rest. */
static void learn_ferry(struct question *question, struct caller *caller, const char *path)
{
	unsigned char payload[256];
	struct file file;

	encode_read(question, path, &(struct version){.bytes = {0}}, 1);
	caller_ask(caller, question);
	struct frame frame = receive_header(caller->fd, FRAME_OPEN);
	if (frame.type != FRAME_FILE || frame.length > sizeof(payload))
		give_up("the server did not answer as it should");
	receive(caller->fd, payload, frame.length);
	if (file_decode((struct span){payload, frame.length}, &file) != STATUS_OK)
		give_up("the server did not answer as it should");
	uint64_t count = piece_count(file.size);
	question->answer_length = FRAME_HEADER_SIZE + frame.length + file.size + count * (FRAME_HEADER_SIZE + DATA_TRAILER_SIZE);
	if (count > 1)
		encode_read(question, path, &file.version, count);
}

void question_learn(struct question *question, const struct place *place, const char *path)
{
	struct caller caller;

	caller_open(&caller, place);
	if (place->protocol == PROTOCOL_FERRY)
		learn_ferry(question, &caller, path);
	else
		learn_http(question, &caller, place, path);
	close(caller.fd);
}
