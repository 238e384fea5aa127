/* Fuzzes the files that a user keeps tokens in: what is accepted is a printable word that AUTH may bear. */
#include "memory_file.h"

#include "message.h"
#include "secrets.h"
#include "whole_file.h"

/* What __wrap_whole_file_read() reads: written by the target alone. */
static struct {
	const void *bytes;
	size_t length;
	enum status status;
} content;

/* Stands for whole_file_read(), by the linker's --wrap: a file and a megabyte of memory for each input take too long. */
enum status __wrap_whole_file_read(int folder, const char *name, size_t max, enum whole_file_readers readers, char **text,
	size_t *length);
enum status __wrap_whole_file_read(int folder, const char *name, size_t max, enum whole_file_readers readers, char **text,
	size_t *length)
{
	CHECK(folder == 0 && strcmp(name, SECRETS_FILE) == 0 && content.length <= max && readers == WHOLE_FILE_OWNER);
	if (content.status != STATUS_OK)
		return content.status;
	*text = malloc(content.length + 1);
	CHECK(*text);
	memcpy(*text, content.bytes, content.length);
	(*text)[content.length] = '\0';
	*length = content.length;
	return STATUS_OK;
}

/* Nothing of what the file holds is said of a line that is wrong: it may be the secret. */
static void check_failure(const struct failure *failure)
{
	CHECK(failure->code != EXIT_OK);
	for (const char *next = failure->text; *next; next++)
		CHECK(*next >= ' ' && *next < 0x7f);
}

static void check_token(const struct secrets *secrets, bool one)
{
	static char host[] = "host", root[] = "";
	const struct url url = {.tls = true, .host = host, .port = 7440, .path = root, .contents = true};
	struct span token = secrets_find(secrets, &url);

	CHECK(token.length <= AUTH_TOKEN_MAX && (token.length > 0 || !one));
	for (size_t i = 0; i < token.length; i++)
		CHECK(token.bytes[i] > ' ' && token.bytes[i] < 0x7f);
}

/* What is not there, and what is no file. */
static void files_cannot_be_read(void)
{
	static const char *const wrong[] = {"/dev/null/token", "/"};
	struct secrets *secrets = NULL;
	struct failure failure;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK(secrets_open(-1, wrong[i], &secrets, &failure) != STATUS_OK);
		check_failure(&failure);
	}
}

/*
 * The first byte chooses: the file of --token-file (1), $FERRY_TOKEN (2), or the file with a line for each server, which may be
 * there for everybody (4) or damaged (8).
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct memory_file file;
	struct secrets *secrets = NULL;
	struct failure failure = {.code = EXIT_OK};

	if (length == 0)
		return 0;
	if (!*file.path) {
		memory_file_make(&file);
		files_cannot_be_read();
	}
	bool from_file = bytes[0] & 1, from_environment = bytes[0] & 2;
	content.bytes = bytes + 1;
	content.length = length - 1;
	content.status = bytes[0] & 4 ? STATUS_REFUSED : bytes[0] & 8 ? STATUS_IO : STATUS_OK;
	memory_file_fill(&file, content.bytes, content.length);
	char *word = target_text(content.bytes, content.length);
	CHECK((from_environment ? setenv("FERRY_TOKEN", word, 1) : unsetenv("FERRY_TOKEN")) == 0);
	if (secrets_open(0, from_file ? file.path : NULL, &secrets, &failure) == STATUS_OK)
		check_token(secrets, from_file || (from_environment && *word));
	else
		check_failure(&failure);
	secrets_close(secrets);
	free(word);
	return 0;
}
