/* Keeps a tree of paths folded character by character; anything more that a file system folds, such as "ß" to "ss", is missed. */
#include "claims.h"

#include <locale.h>
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <wchar.h>
#include <wctype.h>

#include "path.h"
#include "text.h"

struct claims {
	locale_t locale; /* knows upper and lower case of all characters */
	pthread_mutex_t first;
	pthread_mutex_t lock;
	void *tree; /* guarded by lock */
};

struct claim {
	const struct plan_file *file;
	wchar_t folded[];
};

enum status claims_new(struct claims **claims)
{
	struct claims *made = calloc(1, sizeof(*made));

	if (!made)
		return STATUS_NO_MEMORY;
	made->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!made->locale)
		made->locale = newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
	if (!made->locale) {
		free(made);
		return STATUS_NO_MEMORY;
	}
	pthread_mutex_init(&made->first, NULL);
	pthread_mutex_init(&made->lock, NULL);
	*claims = made;
	return STATUS_OK;
}

void claims_free(struct claims *claims)
{
	if (!claims)
		return;
	tdestroy(claims->tree, free);
	pthread_mutex_destroy(&claims->lock);
	pthread_mutex_destroy(&claims->first);
	freelocale(claims->locale);
	free(claims);
}

void claims_hold(struct claims *claims)
{
	pthread_mutex_lock(&claims->first);
}

void claims_let_go(struct claims *claims)
{
	pthread_mutex_unlock(&claims->first);
}

static int compare(const void *one, const void *other)
{
	const struct claim *first = one, *second = other;

	return wcscmp(first->folded, second->folded);
}

/* Through upper case, since some characters have two lower ones. A byte that is not UTF-8 stays as it is. */
static wchar_t fold(const struct claims *claims, struct span *rest)
{
	unsigned char byte = *rest->bytes;
	uint32_t character = text_next(rest);

	if (character == TEXT_INVALID)
		return (wchar_t)(0x110000 + byte);
	return (wchar_t)towlower_l(towupper_l((wint_t)character, claims->locale), claims->locale);
}

static struct claim *new_claim(const struct claims *claims, const char *path, const struct plan_file *file)
{
	struct span rest = span_of(path);
	struct claim *claim = calloc(1, sizeof(*claim) + (rest.length + 1) * sizeof(claim->folded[0]));

	if (!claim)
		return NULL;
	claim->file = file;
	for (size_t i = 0; rest.length > 0; i++)
		claim->folded[i] = fold(claims, &rest);
	return claim;
}

enum status claims_take(struct claims *claims, const char *path, const struct plan_file *file, const struct plan_file **owner)
{
	struct claim *claim = new_claim(claims, path, file);

	if (!claim)
		return STATUS_NO_MEMORY;
	pthread_mutex_lock(&claims->lock);
	struct claim **found = tsearch(claim, &claims->tree, compare);
	bool taken = found && *found != claim;
	if (found)
		*owner = (*found)->file;
	pthread_mutex_unlock(&claims->lock);
	if (taken || !found)
		free(claim);
	return found ? STATUS_OK : STATUS_NO_MEMORY;
}
