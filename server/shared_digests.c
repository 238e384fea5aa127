/* Guards known digests by a lock, and keeps the index in step with them. */
#include "shared_digests.h"

#include "clock.h"

/* This many new digests are worth writing the entry again; for a large entry it must be an eighth of it. */
#define WORTH_SAVING 1024u
#define WORTH_SAVING_SHARE 8u

void shared_digests_init(struct shared_digests *digests, struct digest_index *index, const struct version *version,
	const struct stat *stat)
{
	*digests = (struct shared_digests){
		.index = index,
		.version = *version,
		.changed = clock_of_timespec(stat->st_ctim),
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	known_digests_init(&digests->known, (uint64_t)stat->st_size);
}

void shared_digests_release(struct shared_digests *digests)
{
	known_digests_release(&digests->known);
	pthread_mutex_destroy(&digests->lock);
}

/* The digests of the index come before anything else. caller holds lock */
static struct known_digests *recalled(struct shared_digests *digests)
{
	if (digests->index && !digests->recalled)
		digest_index_recall(digests->index, &digests->version, &digests->known);
	digests->recalled = true;
	return &digests->known;
}

bool shared_digests_find(struct shared_digests *digests, uint64_t piece, struct digest *digest)
{
	pthread_mutex_lock(&digests->lock);
	const struct digest *known = known_digests_find(recalled(digests), piece);
	if (known)
		*digest = *known;
	pthread_mutex_unlock(&digests->lock);
	return known != NULL;
}

/* caller holds lock */
static void add(struct shared_digests *digests, uint64_t piece, const struct digest *digest)
{
	known_digests_add(&digests->known, piece, digest);
	digests->unsaved++;
	if (clock_real() - digests->changed < SHARED_DIGESTS_SETTLED)
		digests->doubtful = true;
}

/* caller holds lock */
static bool worth_saving(const struct shared_digests *digests)
{
	uint64_t known = digests->known.known_count;

	if (known == digests->known.piece_count)
		return true;
	return digests->unsaved % WORTH_SAVING == 0 && digests->unsaved >= known / WORTH_SAVING_SHARE;
}

bool shared_digests_agree(struct shared_digests *digests, uint64_t piece, const struct digest *digest)
{
	bool agrees = true, due = false;

	pthread_mutex_lock(&digests->lock);
	const struct digest *known = known_digests_find(recalled(digests), piece);
	if (known) {
		agrees = digest_equal(known, digest);
	} else {
		add(digests, piece, digest);
		due = worth_saving(digests);
	}
	pthread_mutex_unlock(&digests->lock);
	if (due)
		shared_digests_save(digests);
	return agrees;
}

void shared_digests_replace(struct shared_digests *digests, uint64_t piece, const struct digest *digest)
{
	pthread_mutex_lock(&digests->lock);
	const struct digest *known = known_digests_find(recalled(digests), piece);
	bool differs = known && !digest_equal(known, digest);
	if (differs)
		known_digests_forget(&digests->known);
	if (!known || differs)
		add(digests, piece, digest);
	pthread_mutex_unlock(&digests->lock);
	if (differs)
		shared_digests_disown(digests);
}

bool shared_digests_root(struct shared_digests *digests, struct lanes *lanes, struct digest *root)
{
	pthread_mutex_lock(&digests->lock);
	const struct digest *known = known_digests_root(recalled(digests), lanes);
	if (known)
		*root = *known;
	pthread_mutex_unlock(&digests->lock);
	return known != NULL;
}

/* caller holds lock, which is free while the disk works */
static void tell_index(struct shared_digests *digests)
{
	uint64_t moment = digest_index_moment(digests->index), count = digests->unsaved;
	struct digest_draft draft;

	if (digests->doubtful || count == 0 ||
		digest_index_encode(digests->index, &digests->version, &digests->known, &draft) != STATUS_OK)
		return;
	digests->unsaved = 0;
	digests->saving = true;
	pthread_mutex_unlock(&digests->lock);
	enum status status = digest_index_save(digests->index, moment, &draft);
	pthread_mutex_lock(&digests->lock);
	digests->saving = false;
	if (status != STATUS_OK)
		digests->unsaved += count;
}

void shared_digests_save(struct shared_digests *digests)
{
	if (!digests->index)
		return;
	pthread_mutex_lock(&digests->lock);
	digests->due = true;
	/* A thread that is already saving sees to this too: of two at once, the one that knows less could come last. */
	while (digests->due && !digests->saving) {
		digests->due = false;
		tell_index(digests);
	}
	pthread_mutex_unlock(&digests->lock);
}

void shared_digests_disown(struct shared_digests *digests)
{
	pthread_mutex_lock(&digests->lock);
	digests->doubtful = true;
	pthread_mutex_unlock(&digests->lock);
	if (digests->index)
		digest_index_forget(digests->index, &digests->version);
}
