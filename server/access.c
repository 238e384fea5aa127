/* Holds the rules of the shares and the tokens, and decides by them. */
#include "access.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "path.h"

struct rule {
	enum share_access access;
	struct network *networks; /* none: every address will do */
	size_t network_count;
	char *share; /* its name; NULL: the lone unnamed one */
};

struct access {
	pthread_rwlock_t lock;
	/* guarded by lock */
	struct rule *rules; /* in the order of the shares */
	size_t rule_count;
	struct tokens tokens;
};

/* --- Rules ----------------------------------------------------------------------------------------------------------- */

static const struct share_settings *settings_of(const struct settings *settings, const struct share *share)
{
	for (size_t i = 0; i < settings->share_count; i++) {
		const char *name = settings->shares[i].name;
		if (name && share->name ? strcmp(name, share->name) == 0 : name == share->name)
			return &settings->shares[i];
	}
	return NULL;
}

/* SETTINGS may be NULL: then nobody may read the share. */
static bool rule_init(struct rule *rule, const struct share *share, const struct share_settings *settings)
{
	size_t size = settings ? settings->address_count * sizeof(*rule->networks) : 0;

	*rule = (struct rule){.access = settings ? settings->access : SHARE_CLOSED};
	if (share->name && !(rule->share = strdup(share->name)))
		return false;
	if (size == 0)
		return true;
	rule->networks = malloc(size);
	if (!rule->networks)
		return false;
	memcpy(rule->networks, settings->addresses, size);
	rule->network_count = settings->address_count;
	return true;
}

static void rules_free(struct rule *rules, size_t count)
{
	for (size_t i = 0; rules && i < count; i++) {
		free(rules[i].networks);
		free(rules[i].share);
	}
	free(rules);
}

static struct rule *rules_new(const struct settings *settings, const struct shares *shares)
{
	struct rule *rules = calloc(shares->count, sizeof(*rules));

	for (size_t i = 0; rules && i < shares->count; i++) {
		if (rule_init(&rules[i], &shares->list[i], settings_of(settings, &shares->list[i])))
			continue;
		rules_free(rules, shares->count);
		return NULL;
	}
	return rules;
}

/* --- Lifecycle ------------------------------------------------------------------------------------------------------- */

/* By default a lock prefers readers: new rules would wait as long as reads overlap. No thread takes it twice for reading. */
static void init_lock(pthread_rwlock_t *lock)
{
	pthread_rwlockattr_t attributes;

	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(lock, &attributes);
	pthread_rwlockattr_destroy(&attributes);
}

enum status access_new(const struct settings *settings, const struct shares *shares, struct tokens *tokens,
	struct access **access)
{
	struct access *made = calloc(1, sizeof(*made));

	if (!made) {
		tokens_release(tokens);
		return STATUS_NO_MEMORY;
	}
	init_lock(&made->lock);
	enum status status = access_renew(made, settings, shares, tokens);
	if (status == STATUS_OK)
		*access = made;
	else
		access_free(made);
	return status;
}

void access_free(struct access *access)
{
	if (!access)
		return;
	rules_free(access->rules, access->rule_count);
	tokens_release(&access->tokens);
	pthread_rwlock_destroy(&access->lock);
	free(access);
}

enum status access_renew(struct access *access, const struct settings *settings, const struct shares *shares,
	struct tokens *tokens)
{
	struct rule *rules = rules_new(settings, shares);
	struct access old;

	if (!rules) {
		tokens_release(tokens);
		return STATUS_NO_MEMORY;
	}
	pthread_rwlock_wrlock(&access->lock);
	old = (struct access){.rules = access->rules, .rule_count = access->rule_count, .tokens = access->tokens};
	access->rules = rules;
	access->rule_count = shares->count;
	access->tokens = *tokens;
	pthread_rwlock_unlock(&access->lock);
	*tokens = (struct tokens){.list = NULL};
	rules_free(old.rules, old.rule_count);
	tokens_release(&old.tokens);
	return STATUS_OK;
}

/* --- Decisions ------------------------------------------------------------------------------------------------------- */

static bool address_may(const struct rule *rule, const struct visitor *visitor)
{
	for (size_t i = 0; i < rule->network_count; i++) {
		if (network_holds(&rule->networks[i], &visitor->host))
			return true;
	}
	return rule->network_count == 0;
}

/* Compares in constant time. */
static bool same_secret(const struct digest *a, const struct digest *b)
{
	unsigned difference = 0;

	for (size_t i = 0; i < sizeof(a->bytes); i++)
		difference |= a->bytes[i] ^ b->bytes[i];
	return difference == 0;
}

static bool token_is(const struct token *token, const struct claim *claim, int64_t now)
{
	return same_secret(&token->digest, &claim->digest) && token->kind == claim->kind && now / CLOCK_SECOND < token->expires;
}

/* Is PATH the prefix, or below it? */
static bool path_is_within(struct span path, const char *prefix)
{
	size_t length = strlen(prefix);

	if (length == 0)
		return true;
	if (path.length < length || memcmp(path.bytes, prefix, length) != 0)
		return false;
	return path.length == length || path.bytes[length] == '/';
}

/* caller holds lock */
static enum status judge_claim(const struct access *access, const struct claim *claim, const char *share, struct span path,
	size_t *confined)
{
	int64_t now = clock_real();
	bool known = false, allowed = false;

	for (size_t i = 0; i < access->tokens.count; i++) {
		const struct token *token = &access->tokens.list[i];
		if (!token_is(token, claim, now))
			continue;
		known = true;
		if (!share || strcmp(token->share, share) != 0 || !path_is_within(path, token->prefix))
			continue;
		size_t length = strlen(token->prefix);
		if (!allowed || length < *confined)
			*confined = length;
		allowed = true;
	}
	if (allowed)
		return STATUS_OK;
	/* A certificate may be meant for other servers; a token was sent to this one. */
	return known || claim->kind == TOKEN_KEY ? STATUS_NOT_FOUND : STATUS_REFUSED;
}

/* caller holds lock */
static enum status judge(const struct access *access, const struct visitor *visitor, const struct rule *rule,
	struct span path, size_t *confined)
{
	if (!address_may(rule, visitor))
		return STATUS_NOT_FOUND;
	switch (rule->access) {
	case SHARE_ANYONE:
		*confined = 0;
		return STATUS_OK;
	case SHARE_TOKENS:
		return visitor->claim ? judge_claim(access, visitor->claim, rule->share, path, confined) : STATUS_NOT_FOUND;
	case SHARE_CLOSED:
		break;
	}
	return STATUS_NOT_FOUND;
}

enum status access_judge(struct access *access, const struct visitor *visitor, size_t share, struct span path,
	size_t *confined)
{
	enum status status = STATUS_NOT_FOUND;

	if (visitor == &VISITOR_SELF) {
		*confined = 0;
		return STATUS_OK;
	}
	pthread_rwlock_rdlock(&access->lock);
	if (share < access->rule_count)
		status = judge(access, visitor, &access->rules[share], path, confined);
	pthread_rwlock_unlock(&access->lock);
	return status;
}

/* caller holds lock */
static bool wants_tokens(const struct access *access)
{
	bool wants = false;

	for (size_t i = 0; i < access->rule_count; i++)
		wants |= access->rules[i].access == SHARE_TOKENS;
	return wants;
}

enum status access_check(struct access *access, const struct claim *claim)
{
	int64_t now = clock_real();
	enum status status = STATUS_REFUSED;

	pthread_rwlock_rdlock(&access->lock);
	if (claim->kind == TOKEN_SECRET && !wants_tokens(access))
		status = STATUS_OK;
	for (size_t i = 0; i < access->tokens.count; i++) {
		if (token_is(&access->tokens.list[i], claim, now))
			status = STATUS_OK;
	}
	pthread_rwlock_unlock(&access->lock);
	return status;
}

bool access_wants_tokens(struct access *access)
{
	pthread_rwlock_rdlock(&access->lock);
	bool wants = wants_tokens(access);
	pthread_rwlock_unlock(&access->lock);
	return wants;
}

bool access_wants_keys(struct access *access)
{
	bool wants = false;

	pthread_rwlock_rdlock(&access->lock);
	for (size_t i = 0; i < access->tokens.count; i++)
		wants |= access->tokens.list[i].kind == TOKEN_KEY;
	pthread_rwlock_unlock(&access->lock);
	return wants;
}
