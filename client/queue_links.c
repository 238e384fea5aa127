/* Counts the links to each server and decides when it is tried again or given up. */
#include "queue.h"

#include <limits.h>
#include <sys/random.h>

#include "clock.h"
#include "queue_state.h"

#define BACKOFF_FIRST (500 * CLOCK_MS)
#define BACKOFF_MAX (8 * CLOCK_SECOND)

/* Caller holds lock. */
bool queue_can_link(const struct remote *remote)
{
	return remote->links < remote->links_max;
}

bool queue_gave_up(const struct remote *remote)
{
	return remote->failure.code != EXIT_OK;
}

void queue_count_progress(struct remote *remote)
{
	if (!queue_gave_up(remote))
		remote->failures = 0;
}

bool queue_reserve_link(struct queue *queue, struct remote *remote, unsigned *generation)
{
	pthread_mutex_lock(&queue->lock);
	remote->wanted++;
	pthread_cond_broadcast(&queue->changed);
	while (!queue_stopped(queue) && !queue_gave_up(remote) &&
		(!queue_can_link(remote) || remote->not_before > clock_now()))
		clock_wait(&queue->changed, &queue->lock, remote->not_before > clock_now() ? remote->not_before : CLOCK_NEVER);
	remote->wanted--;
	bool granted = !queue_stopped(queue) && !queue_gave_up(remote);
	if (granted)
		remote->links++;
	*generation = remote->generation;
	pthread_mutex_unlock(&queue->lock);
	return granted;
}

bool queue_link_opened(struct queue *queue, struct remote *remote, unsigned links)
{
	pthread_mutex_lock(&queue->lock);
	remote->answered = true;
	if (links < remote->links_max)
		remote->links_max = links;
	bool welcome = remote->links <= remote->links_max;
	pthread_mutex_unlock(&queue->lock);
	return welcome;
}

/* Caller holds lock. */
static void drop_link(struct queue *queue, struct remote *remote)
{
	remote->links--;
	pthread_cond_broadcast(&queue->changed);
}

void queue_link_closed(struct queue *queue, struct remote *remote)
{
	pthread_mutex_lock(&queue->lock);
	drop_link(queue, remote);
	pthread_mutex_unlock(&queue->lock);
}

/* Half a second, doubling up to eight, each varied by a quarter so that clients do not come back in step. */
static int64_t backoff(unsigned failures)
{
	int64_t pause = BACKOFF_FIRST;
	unsigned char dice = 128;

	while (--failures > 0 && pause < BACKOFF_MAX)
		pause *= 2;
	if (getrandom(&dice, sizeof(dice), GRND_NONBLOCK) < 0)
		dice = 128;
	return pause / 4 * 3 + pause / 2 * dice / UCHAR_MAX;
}

/* Its files are put back for any thread to report; one in work is reported by the thread that ends its last run. Caller holds lock. */
static void give_up(struct remote *remote, const struct failure *failure)
{
	struct download *next;

	remote->failure = *failure;
	for (struct download *download = remote->backlog.downloads; download; download = next) {
		next = download->next;
		if (!download_failed(download))
			download->failure = *failure;
		if (download->fetching + download->verifying > 0)
			continue;
		backlog_unshare(&remote->backlog, download);
		backlog_add_again(&remote->backlog, download->file);
	}
}

/* A server that has answered before may be restarting. But a refusal, or a lack of trust, does not go away. Caller holds lock. */
static bool can_come_back(const struct remote *remote, const struct failure *failure)
{
	if (failure->retry)
		return true;
	return remote->answered && failure->code != EXIT_REFUSED && failure->code != EXIT_UNTRUSTED;
}

/* The pause until the next attempt; 0 when there will be none. Caller holds lock. */
static int64_t count_failure(struct queue *queue, struct remote *remote, const struct failure *failure)
{
	remote->generation++;
	remote->failures++;
	if (remote->failures > queue->options.retry || !can_come_back(remote, failure)) {
		give_up(remote, failure);
		return 0;
	}
	int64_t pause = backoff(remote->failures);
	int64_t asked = failure->retry_after_ms * CLOCK_MS;
	if (asked > pause)
		pause = asked;
	remote->not_before = clock_now() + pause;
	return pause;
}

int64_t queue_link_failed(struct queue *queue, struct remote *remote, unsigned generation, const struct failure *failure)
{
	int64_t pause = 0;

	pthread_mutex_lock(&queue->lock);
	drop_link(queue, remote);
	if (failure->code == EXIT_BUSY && remote->links > 0)
		remote->links_max = remote->links;
	else if (failure->code != EXIT_INTERRUPTED && generation == remote->generation && !queue_gave_up(remote))
		pause = count_failure(queue, remote, failure);
	pthread_mutex_unlock(&queue->lock);
	return pause;
}

int64_t queue_pause(struct queue *queue, struct remote *remote, const struct failure *failure)
{
	int64_t pause = 0;

	pthread_mutex_lock(&queue->lock);
	if (!queue_gave_up(remote) && remote->not_before <= clock_now())
		pause = count_failure(queue, remote, failure);
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
	return pause;
}

void queue_progress(struct queue *queue, struct remote *remote)
{
	pthread_mutex_lock(&queue->lock);
	queue_count_progress(remote);
	pthread_mutex_unlock(&queue->lock);
}
