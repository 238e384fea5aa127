/* The messages that concern the whole connection: the greeting, the farewell, errors and their codes. */
#include "message.h"

#include <string.h>

static const unsigned char magic[8] = PROTOCOL_MAGIC;

static void magic_decode(struct reader *reader)
{
	unsigned char bytes[sizeof magic];

	reader_bytes(reader, bytes, sizeof bytes);
	reader_require(reader, memcmp(bytes, magic, sizeof magic) == 0);
}

void hello_encode(struct writer *writer, const struct hello *hello)
{
	unsigned char *mark = frame_begin(writer, FRAME_HELLO, 0, 0);

	writer_bytes(writer, magic, sizeof magic);
	writer_u16(writer, hello->version_min);
	writer_u16(writer, hello->version_max);
	writer_u32(writer, hello->features);
	frame_end(writer, mark);
}

enum status hello_decode(struct span payload, struct hello *hello)
{
	struct reader reader;
	struct hello decoded;

	reader_init(&reader, payload.bytes, payload.length);
	magic_decode(&reader);
	decoded.version_min = reader_u16(&reader);
	decoded.version_max = reader_u16(&reader);
	decoded.features = reader_u32(&reader);
	reader_require(&reader, decoded.version_min >= 1 && decoded.version_min <= decoded.version_max);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*hello = decoded;
	return STATUS_OK;
}

void welcome_encode(struct writer *writer, const struct welcome *welcome)
{
	unsigned char *mark = frame_begin(writer, FRAME_WELCOME, 0, 0);

	writer_bytes(writer, magic, sizeof magic);
	writer_u16(writer, welcome->version);
	writer_u32(writer, welcome->features);
	writer_u16(writer, welcome->window_requests);
	writer_u32(writer, welcome->window_bytes);
	writer_u16(writer, welcome->links);
	frame_end(writer, mark);
}

enum status welcome_decode(struct span payload, struct welcome *welcome)
{
	struct reader reader;
	struct welcome decoded;

	reader_init(&reader, payload.bytes, payload.length);
	magic_decode(&reader);
	decoded.version = reader_u16(&reader);
	decoded.features = reader_u32(&reader);
	decoded.window_requests = reader_u16(&reader);
	decoded.window_bytes = reader_u32(&reader);
	decoded.links = reader_u16(&reader);
	reader_require(&reader, decoded.version >= 1 && decoded.window_requests >= 1 && decoded.links >= 1);
	reader_require(&reader, decoded.window_bytes >= FRAME_HEADER_SIZE + FRAME_REQUEST_MAX);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*welcome = decoded;
	return STATUS_OK;
}

void auth_encode(struct writer *writer, const struct auth *auth)
{
	unsigned char *mark = frame_begin(writer, FRAME_AUTH, 0, 0);

	writer_span16(writer, auth->token);
	frame_end(writer, mark);
}

enum status auth_decode(struct span payload, struct auth *auth)
{
	struct reader reader;
	struct auth decoded;

	reader_init(&reader, payload.bytes, payload.length);
	decoded.token = reader_span16(&reader);
	reader_require(&reader, decoded.token.length >= 1 && decoded.token.length <= AUTH_TOKEN_MAX);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*auth = decoded;
	return STATUS_OK;
}

void goodbye_encode(struct writer *writer)
{
	frame_encode(writer, &(struct frame){.type = FRAME_GOODBYE});
}

void error_encode(struct writer *writer, uint16_t number, const struct error *error)
{
	unsigned char *mark = frame_begin(writer, FRAME_ERROR, 0, number);

	writer_u16(writer, error->code);
	writer_u32(writer, error->retry_after_ms);
	writer_span16(writer, error->text);
	frame_end(writer, mark);
}

enum status error_decode(struct span payload, struct error *error)
{
	struct reader reader;
	struct error decoded;

	reader_init(&reader, payload.bytes, payload.length);
	decoded.code = reader_u16(&reader);
	decoded.retry_after_ms = reader_u32(&reader);
	decoded.text = reader_span16(&reader);
	reader_require(&reader, decoded.code != 0 && decoded.retry_after_ms <= RETRY_AFTER_MAX_MS);
	reader_require(&reader, decoded.text.length <= ERROR_TEXT_MAX);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*error = decoded;
	return STATUS_OK;
}

/* Several statuses may share a code; the first row of a code is the way back. */
static const struct {
	enum status status;
	enum error_code code;
} error_codes[] = {
	{STATUS_PROTOCOL, ERROR_PROTOCOL},
	{STATUS_VERSION, ERROR_VERSION},
	{STATUS_NOT_FOUND, ERROR_NOT_FOUND},
	{STATUS_REFUSED, ERROR_REFUSED},
	{STATUS_SYMLINK, ERROR_REFUSED},
	{STATUS_CHANGED, ERROR_CHANGED},
	{STATUS_STALE, ERROR_CHANGED},
	{STATUS_BUSY, ERROR_BUSY},
	{STATUS_NO_MEMORY, ERROR_BUSY},
	{STATUS_NO_FD, ERROR_BUSY},
	{STATUS_IO, ERROR_IO},
	{STATUS_LIMIT, ERROR_LIMIT},
	{STATUS_TOO_LARGE, ERROR_LIMIT},
	{STATUS_INVALID, ERROR_NAME},
	{STATUS_NAME_TOO_LONG, ERROR_NAME},
	{STATUS_NOT_REGULAR, ERROR_NOT_A_FILE},
	{STATUS_IS_FOLDER, ERROR_NOT_A_FILE},
	{STATUS_NOT_FOLDER, ERROR_NOT_A_FOLDER},
	{STATUS_RANGE, ERROR_RANGE},
	{STATUS_STOPPING, ERROR_STOPPING},
	{STATUS_INTERRUPTED, ERROR_STOPPING},
	{STATUS_TIMEOUT, ERROR_DEADLINE},
};
#define ERROR_CODES (sizeof error_codes / sizeof error_codes[0])

enum error_code error_code_of(enum status status)
{
	for (size_t i = 0; i < ERROR_CODES; i++)
		if (error_codes[i].status == status)
			return error_codes[i].code;
	return ERROR_IO;
}

enum status error_status_of(uint16_t code)
{
	for (size_t i = 0; i < ERROR_CODES; i++)
		if (error_codes[i].code == code)
			return error_codes[i].status;
	return STATUS_UNSUPPORTED;
}
