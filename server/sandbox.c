/* Collects what the running server still needs, and takes everything else away. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lanes.h"
#include "log.h"
#include "sandbox_calls.h"
#include "trusted.h"

/* The cache, the state; the folders of three files, and those that their symlinks lead to; one for sanitizers. */
#define PLACES_BESIDE_SHARES 9u

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZERS_PLACE "/proc/self"
#else
#define SANITIZERS_PLACE NULL
#endif

struct places {
	struct sandbox_place *list;
	size_t count;
	size_t borrowed; /* the first ones are not ours to close */
};

static void add(struct places *places, int folder, enum sandbox_use use)
{
	if (folder >= 0)
		places->list[places->count++] = (struct sandbox_place){.folder = folder, .use = use};
}

/* Adds the folder that PATH, as it is written, lies in; where there is none, nothing has to be readable. */
static void add_parent(struct places *places, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int folder;

	if (parent && trusted_open(parent, O_PATH | O_DIRECTORY, 0, &folder) == STATUS_OK)
		add(places, folder, SANDBOX_READ);
	free(parent);
}

/* A name may be a symlink whose target is replaced: then the new one will lie in the folder of the old one. */
static void add_around(struct places *places, const char *path)
{
	int file, folder;

	if (!path)
		return;
	add_parent(places, path);
	if (trusted_open(path, O_PATH, 0, &file) != STATUS_OK)
		return;
	if (trusted_open_folder_of(file, &folder) == STATUS_OK)
		add(places, folder, SANDBOX_READ);
	close(file);
}

static enum status collect(const struct sandbox *sandbox, struct places *places)
{
	const struct settings *settings = sandbox->settings;
	const char *sanitizers = SANITIZERS_PLACE;
	int folder;

	places->list = calloc(sandbox->shares->count + PLACES_BESIDE_SHARES, sizeof(*places->list));
	if (!places->list)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < sandbox->shares->count; i++)
		add(places, sandbox->shares->list[i].folder, SANDBOX_LIST);
	add(places, sandbox->cache, SANDBOX_KEEP);
	add(places, sandbox->state, SANDBOX_KEEP);
	places->borrowed = places->count;
	if (settings->reloadable) {
		add_around(places, settings->config);
		add_around(places, settings->cert);
		add_around(places, settings->key);
	}
	if (sanitizers && trusted_open(sanitizers, O_PATH | O_DIRECTORY, 0, &folder) == STATUS_OK)
		add(places, folder, SANDBOX_LIST);
	return STATUS_OK;
}

static void release(struct places *places)
{
	for (size_t i = places->borrowed; i < places->count; i++)
		close(places->list[i].folder);
	free(places->list);
}

/* Libraries read their files when they are first used: that must be now. */
static enum status warm_up(void)
{
	struct lanes *lanes;
	enum status status = lanes_new(LANES_OPENSSL, &lanes);

	if (status == STATUS_OK)
		lanes_free(lanes);
	return status;
}

/* PART is not to be had. */
static enum status miss(const struct sandbox *sandbox, const char *part, enum status status, struct complaint *complaint)
{
	if (sandbox->settings->sandbox == SANDBOX_REQUIRED)
		return complain(complaint, status, "ferryd: sandbox = required: %s: %s", part, status_text(status));
	log_line(LOG_WARN, "event=sandbox missing=%s reason=\"%s\"", part, status_text(status));
	return STATUS_OK;
}

static enum status confine_files(const struct sandbox *sandbox, int version)
{
	struct places places = {.list = NULL};
	enum status status = version > 0 ? collect(sandbox, &places) : STATUS_UNSUPPORTED;

	if (status == STATUS_OK)
		status = sandbox_files_confine(places.list, places.count, version);
	release(&places);
	return status;
}

enum status sandbox_enter(const struct sandbox *sandbox, struct complaint *complaint)
{
	if (sandbox->settings->sandbox == SANDBOX_OFF) {
		log_line(LOG_INFO, "event=sandbox off=yes");
		return STATUS_OK;
	}
	enum status status = warm_up();
	if (status != STATUS_OK)
		return complain(complaint, status, "ferryd: sandbox: %s", status_text(status));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 &&
		miss(sandbox, "no_new_privs", status_from_errno(errno), complaint) != STATUS_OK)
		return STATUS_UNSUPPORTED;
	int version = sandbox_files_version();
	enum status files = confine_files(sandbox, version);
	if (files != STATUS_OK && miss(sandbox, "landlock", files, complaint) != STATUS_OK)
		return files;
	enum status calls = sandbox_calls_confine();
	if (calls != STATUS_OK && miss(sandbox, "seccomp", calls, complaint) != STATUS_OK)
		return calls;
	log_line(LOG_INFO, "event=sandbox landlock=%d seccomp=%s", files == STATUS_OK ? version : 0, calls == STATUS_OK ? "yes" : "no");
	return STATUS_OK;
}
