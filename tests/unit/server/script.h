/* What a scripted client says to the connection under test. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "rig.h"

static inline void rig_send(struct rig *rig, const struct writer *writer)
{
	assert_false(writer->failed);
	rig_send_bytes(rig, writer->start, writer_length(writer));
}

/* A file of LENGTH bytes in the share, old enough to be read at once; byte number i is i mod 251. */
static inline void rig_file(struct rig *rig, const char *path, size_t length)
{
	const struct timespec tick = {.tv_nsec = 30 * CLOCK_MS};
	int fd = openat(rig->scratch.folder, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	unsigned char *bytes = malloc(length + 1);

	assert_true(fd >= 0 && bytes);
	for (size_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)(i % 251);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
	free(bytes);
	/* Not to wait for anybody, but to let the file's clock tick. */
	nanosleep(&tick, NULL);
}

#define RIG_WRITER(writer)                                                                                             \
	unsigned char writer##_room[2 * FRAME_REQUEST_SIZE];                                     \
	struct writer writer;                                                                                          \
	writer_init(&writer, writer##_room, sizeof(writer##_room))

/* Any frame, sound or not. */
static inline void rig_frame(struct rig *rig, const struct frame *frame, const void *payload, size_t length)
{
	RIG_WRITER(writer);

	frame_encode(&writer, frame);
	writer_bytes(&writer, payload, length);
	rig_send(rig, &writer);
}

static inline void rig_hello(struct rig *rig)
{
	RIG_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	rig_send(rig, &writer);
}

static inline void rig_greet(struct rig *rig)
{
	struct welcome welcome;

	rig_hello(rig);
	struct answer answer = rig_answer_in(rig, FRAME_GREETING);
	assert_int_equal(answer.frame.type, FRAME_WELCOME);
	assert_int_equal(welcome_decode(answer.payload, &welcome), STATUS_OK);
	assert_int_equal(welcome.window_requests, rig->settings.window_requests);
	assert_int_equal(welcome.window_bytes, rig->settings.window_bytes);
}

static inline void rig_goodbye(struct rig *rig)
{
	RIG_WRITER(writer);

	goodbye_encode(&writer);
	rig_send(rig, &writer);
	assert_int_equal(shutdown(rig->client, SHUT_WR), 0);
}

static inline uint16_t rig_stat(struct rig *rig, const char *path)
{
	RIG_WRITER(writer);

	stat_request_encode(&writer, ++rig->number, &(struct stat_request){span_of(path)});
	rig_send(rig, &writer);
	return rig->number;
}

static inline uint16_t rig_list(struct rig *rig, const char *path, bool recursive)
{
	RIG_WRITER(writer);

	list_request_encode(&writer, ++rig->number, &(struct list_request){span_of(path), recursive});
	rig_send(rig, &writer);
	return rig->number;
}

static inline uint16_t rig_read(struct rig *rig, const struct pieces_request *request)
{
	RIG_WRITER(writer);

	read_request_encode(&writer, ++rig->number, request);
	rig_send(rig, &writer);
	return rig->number;
}

static inline uint16_t rig_digests(struct rig *rig, const struct pieces_request *request)
{
	RIG_WRITER(writer);

	digests_request_encode(&writer, ++rig->number, request);
	rig_send(rig, &writer);
	return rig->number;
}

static inline uint16_t rig_sum(struct rig *rig, const char *path, enum sum_kind kind)
{
	RIG_WRITER(writer);

	sum_request_encode(&writer, ++rig->number, &(struct sum_request){span_of(path), kind});
	rig_send(rig, &writer);
	return rig->number;
}

static inline uint16_t rig_ping(struct rig *rig, const char *text)
{
	RIG_WRITER(writer);

	ping_encode(&writer, ++rig->number, &(struct ping){span_of(text)});
	rig_send(rig, &writer);
	return rig->number;
}

#endif
