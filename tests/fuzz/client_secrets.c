/* Fuzzes the files that a user keeps tokens in: what is accepted is a printable word that AUTH may bear. */
#include "target.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "path.h"
#include "scratch.h"
#include "secrets.h"

static struct scratch scratch;
static char path[PATH_MAX + 16];

static void remove_folder(void)
{
	scratch_remove(&scratch);
}

static void make_folder(void)
{
	CHECK(scratch_make(&scratch) == 0);
	atexit(remove_folder);
	CHECK(unsetenv("FERRY_TOKEN") == 0);
	CHECK(snprintf(path, sizeof(path), "%s/" SECRETS_FILE, scratch.path) < (int)sizeof(path));
}

static void fill_file(const void *bytes, size_t length)
{
	int fd = openat(scratch.folder, SECRETS_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
	close(fd);
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

/* The first byte chooses: the file of --token-file, or the one with a line for each server. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct secrets *secrets = NULL;
	struct failure failure = {.code = EXIT_OK};

	if (length == 0)
		return 0;
	if (!*path)
		make_folder();
	bool one = bytes[0] & 1;
	fill_file(bytes + 1, length - 1);
	if (secrets_open(scratch.folder, one ? path : NULL, &secrets, &failure) == STATUS_OK)
		check_token(secrets, one);
	else
		check_failure(&failure);
	secrets_close(secrets);
	return 0;
}
