/* Speaks the protocol as badly as it is told to. */
#include "raw.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cmocka.h>

#include "path.h"
#include "tls_context.h"

#define PATIENCE_SECONDS 20

const enum frame_type raw_path_types[] = {FRAME_STAT, FRAME_LIST, FRAME_DIGESTS, FRAME_READ, FRAME_SUM};
const size_t raw_path_type_count = sizeof(raw_path_types) / sizeof(raw_path_types[0]);

static struct sockaddr_in loopback(uint8_t host, uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host)};
}

void raw_open_from(struct raw *raw, uint8_t host, uint16_t port)
{
	const struct sockaddr_in from = loopback(host, 0), to = loopback(1, port);
	const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
	const int yes = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	raw_close(raw);
	if (!raw->room)
		raw->room = malloc(FRAME_DATA_MAX);
	assert_non_null(raw->room);
	*raw = (struct raw){.phase = FRAME_GREETING, .room = raw->room};
	stream_init(&raw->stream, fd);
	assert_int_equal(bind(fd, (const struct sockaddr *)&from, sizeof(from)), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

void raw_open(struct raw *raw, uint16_t port)
{
	raw_open_from(raw, 1, port);
}

void raw_secure_by(struct raw *raw, const struct tls_context *context)
{
	assert_int_equal(stream_secure(&raw->stream, context, NULL), STATUS_OK);
	assert_int_equal(stream_handshake(&raw->stream), STATUS_OK);
	tls_approve(raw->stream.tls);
}

void raw_secure(struct raw *raw)
{
	struct tls_context context;

	assert_int_equal(tls_context_client(NULL, &context), STATUS_OK);
	raw_secure_by(raw, &context);
	tls_context_release(&context);
}

void raw_greet(struct raw *raw)
{
	struct welcome welcome;

	raw_hello(raw);
	assert_int_equal(welcome_decode(raw_expect(raw, FRAME_WELCOME, 0).payload, &welcome), STATUS_OK);
	raw->phase = FRAME_OPEN;
}

void raw_close(struct raw *raw)
{
	stream_close(&raw->stream);
}

void raw_release(struct raw *raw)
{
	raw_close(raw);
	free(raw->room);
	raw->room = NULL;
}

void raw_half_close(struct raw *raw)
{
	enum status status = stream_shut(&raw->stream);

	assert_true(status == STATUS_OK || status == STATUS_LOST);
}

void raw_reset(struct raw *raw)
{
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};

	setsockopt(raw->stream.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	raw_close(raw);
}

/* --- Saying ---------------------------------------------------------------------------------------------------------- */

void raw_put(struct raw *raw, const void *bytes, size_t length)
{
	const unsigned char *next = bytes;
	size_t written;

	for (; length > 0; next += written, length -= written) {
		enum status status = stream_write(&raw->stream, next, length, STREAM_LAST, &written);
		if (status == STATUS_LOST)
			return;
		assert_int_equal(status, STATUS_OK);
	}
}

void raw_say(struct raw *raw, const struct writer *writer)
{
	assert_false(writer->failed);
	raw_put(raw, writer->start, writer_length(writer));
}

void raw_frame(struct raw *raw, const struct frame *frame, const void *payload, size_t length)
{
	RAW_WRITER(writer);

	frame_encode(&writer, frame);
	if (length > 0)
		writer_bytes(&writer, payload, length);
	raw_say(raw, &writer);
}

void raw_header(struct raw *raw, const struct frame *frame)
{
	raw_frame(raw, frame, NULL, 0);
}

void raw_hello(struct raw *raw)
{
	RAW_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = PROTOCOL_VERSION, .version_max = PROTOCOL_VERSION});
	raw_say(raw, &writer);
}

void raw_auth(struct raw *raw, const void *token, size_t length)
{
	RAW_WRITER(writer);

	auth_encode(&writer, &(struct auth){{token, length}});
	raw_say(raw, &writer);
}

void raw_ask(struct raw *raw, enum frame_type type, struct span path)
{
	struct pieces_request pieces = {.path = path, .count = 1};
	RAW_WRITER(writer);

	raw->number = frame_next_number(raw->number);
	if (type == FRAME_STAT)
		stat_request_encode(&writer, raw->number, &(struct stat_request){path});
	else if (type == FRAME_LIST)
		list_request_encode(&writer, raw->number, &(struct list_request){path, false});
	else if (type == FRAME_SUM)
		sum_request_encode(&writer, raw->number, &(struct sum_request){path, SUM_FLAT});
	else
		(type == FRAME_READ ? read_request_encode : digests_request_encode)(&writer, raw->number, &pieces);
	raw_say(raw, &writer);
}

void raw_read(struct raw *raw, const struct pieces_request *request)
{
	RAW_WRITER(writer);

	raw->number = frame_next_number(raw->number);
	read_request_encode(&writer, raw->number, request);
	raw_say(raw, &writer);
}

void raw_digests(struct raw *raw, const struct pieces_request *request)
{
	RAW_WRITER(writer);

	raw->number = frame_next_number(raw->number);
	digests_request_encode(&writer, raw->number, request);
	raw_say(raw, &writer);
}

void raw_ping(struct raw *raw, size_t length)
{
	static const unsigned char bytes[FRAME_REQUEST_MAX];
	RAW_WRITER(writer);

	raw->number = frame_next_number(raw->number);
	ping_encode(&writer, raw->number, &(struct ping){{bytes, length}});
	raw_say(raw, &writer);
}

void raw_goodbye(struct raw *raw)
{
	RAW_WRITER(writer);

	goodbye_encode(&writer);
	raw_say(raw, &writer);
}

/* --- Expecting ------------------------------------------------------------------------------------------------------- */

/* False at the end of the stream. */
static bool receive(struct raw *raw, void *bytes, size_t length)
{
	unsigned char *next = bytes;
	size_t got;

	for (; length > 0; next += got, length -= got) {
		enum status status = stream_read(&raw->stream, next, length, &got);
		if (status == STATUS_TIMEOUT)
			fail_msg("nothing came within %d s", PATIENCE_SECONDS);
		if (status != STATUS_OK)
			return false;
	}
	return true;
}

bool raw_next(struct raw *raw, struct raw_answer *answer)
{
	unsigned char header[FRAME_HEADER_SIZE];

	if (!receive(raw, header, sizeof(header)))
		return false;
	assert_int_equal(frame_decode(header, FRAME_FROM_SERVER, raw->phase, &answer->frame), STATUS_OK);
	answer->payload = (struct span){raw->room, answer->frame.length};
	return receive(raw, raw->room, answer->frame.length);
}

struct raw_answer raw_expect(struct raw *raw, enum frame_type type, uint16_t number)
{
	struct raw_answer answer;

	if (!raw_next(raw, &answer))
		fail_msg("the connection ended instead of frame %02x", type);
	if (answer.frame.type != type || answer.frame.number != number)
		fail_msg("frame %02x number %u instead of %02x number %u", answer.frame.type, answer.frame.number, type, number);
	return answer;
}

static void expect_code(struct raw *raw, uint16_t number, enum error_code code)
{
	struct raw_answer answer = raw_expect(raw, FRAME_ERROR, number);
	struct error error;

	assert_int_equal(error_decode(answer.payload, &error), STATUS_OK);
	if (error.code != code)
		fail_msg("error %u (%.*s) instead of %u", error.code, (int)error.text.length, error.text.bytes, code);
}

void raw_expect_fatal(struct raw *raw, enum error_code code)
{
	expect_code(raw, 0, code);
	raw_expect_end(raw);
}

void raw_expect_error(struct raw *raw, enum error_code code)
{
	expect_code(raw, raw->number, code);
}

void raw_expect_alive(struct raw *raw)
{
	raw_ping(raw, 4);
	assert_int_equal(raw_expect(raw, FRAME_PONG, raw->number).frame.length, 4);
}

void raw_expect_end(struct raw *raw)
{
	struct raw_answer answer;

	if (raw_next(raw, &answer))
		fail_msg("frame %02x number %u instead of the end", answer.frame.type, answer.frame.number);
}

struct file raw_expect_file(struct raw *raw)
{
	struct file file;

	assert_int_equal(file_decode(raw_expect(raw, FRAME_FILE, raw->number).payload, &file), STATUS_OK);
	return file;
}

void raw_visit(struct raw *raw, const char *path, const char *text)
{
	raw_greet(raw);
	raw_ask(raw, FRAME_READ, span_of(path));
	assert_int_equal(raw_expect_file(raw).size, strlen(text));
	struct span data = raw_expect(raw, FRAME_DATA, raw->number).payload;
	assert_int_equal(data.length, strlen(text) + DATA_TRAILER_SIZE);
	assert_memory_equal(data.bytes, text, strlen(text));
	raw_goodbye(raw);
	raw_half_close(raw);
	raw_expect_end(raw);
	raw_close(raw);
}
