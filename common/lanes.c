/* Chooses the backend that hashes and hands it the messages. */
#include "lanes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lanes_engine.h"

struct lanes {
	const struct lanes_engine *engine;
	void *state;
};

static const struct lanes_engine *const engines[] = {
	[LANES_OPENSSL] = &lanes_openssl,
	[LANES_MULTIBUFFER] = &lanes_multibuffer,
};

/* The backend that FERRY_LANES asks for; LANES_BEST where it is unset or empty. */
static enum status backend_asked_for(enum lanes_backend *backend)
{
	const char *word = getenv("FERRY_LANES");
	if (!word || !word[0]) {
		*backend = LANES_BEST;
		return STATUS_OK;
	}
	for (enum lanes_backend i = LANES_OPENSSL; i <= LANES_MULTIBUFFER; i++) {
		if (strcmp(word, engines[i]->name) == 0) {
			*backend = i;
			return STATUS_OK;
		}
	}
	return STATUS_INVALID;
}

static enum status lanes_open(struct lanes *lanes, enum lanes_backend backend)
{
	lanes->engine = engines[backend == LANES_BEST ? LANES_MULTIBUFFER : backend];
	enum status status = lanes->engine->open(&lanes->state);
	if (backend == LANES_BEST && status == STATUS_UNSUPPORTED)
		return lanes_open(lanes, LANES_OPENSSL);
	return status;
}

enum status lanes_new(enum lanes_backend backend, struct lanes **lanes)
{
	if (backend == LANES_BEST) {
		enum status status = backend_asked_for(&backend);
		if (status != STATUS_OK)
			return status;
	}
	struct lanes *created = malloc(sizeof *created);
	if (!created)
		return STATUS_NO_MEMORY;
	enum status status = lanes_open(created, backend);
	if (status != STATUS_OK) {
		free(created);
		return status;
	}
	*lanes = created;
	return STATUS_OK;
}

void lanes_free(struct lanes *lanes)
{
	if (!lanes)
		return;
	lanes->engine->close(lanes->state);
	free(lanes);
}

const char *lanes_name(const struct lanes *lanes)
{
	return lanes->engine->name;
}

void lanes_sha256(struct lanes *lanes, const struct lane *messages, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert(messages[i].length <= LANES_MESSAGE_MAX);
	lanes->engine->sha256(lanes->state, messages, count);
}
