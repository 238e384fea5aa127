/* Commits a download, reports its failure, or puts it back for another epoch, but not for ever. */
#include "ending.h"

#include <stdio.h>
#include <stdlib.h>

#include "checksum.h"
#include "commit.h"
#include "hex.h"
#include "landing.h"
#include "outcome.h"

#define CHANGES_MAX 5 /* epochs of one file, then it fails because its source keeps changing */
#define ROOTS_MAX 2   /* all pieces proven, but a wrong root: once the server may have remembered it wrong, twice the file fails */

/* The run is ending while this file waits for something: it is reported with all other files that are left. */
static bool is_left(const struct worker *worker, const struct failure *failure)
{
	return failure->code == EXIT_INTERRUPTED && queue_stopped(worker->transfer->queue);
}

void ending_fail(struct worker *worker, struct download *download, const struct failure *failure)
{
	if (is_left(worker, failure)) {
		queue_again(worker->transfer->queue, download->file);
		return;
	}
	landing_give_up(worker->transfer, download);
	if (failure != &download->failure)
		download->failure = *failure;
	outcome_download(worker->transfer, download, RESULT_FAILED);
}

#define URL_SHOWN_SIZE 401

/* Its URL, cut if it is very long. Returns OUT. */
static char *show_url(const struct download *download, char out[URL_SHOWN_SIZE])
{
	char below[PLAN_PATH_SIZE];
	const struct plan_node *node = &download->file->node;
	char *url = url_text(&node->source->url, span_of(plan_below(node, below)));

	snprintf(out, URL_SHOWN_SIZE, "%s", url ? url : "a file");
	free(url);
	return out;
}

static void fail_with_url(struct worker *worker, struct download *download, enum status status, const char *what)
{
	char url[URL_SHOWN_SIZE];
	struct failure failure;

	failure_set(&failure, FAILURE_SERVER, status, "%s %s", show_url(download, url), what);
	ending_fail(worker, download, &failure);
}

void ending_explain_mismatch(const struct download *download, uint64_t piece, struct failure *failure)
{
	char url[URL_SHOWN_SIZE];

	failure_set(failure, FAILURE_SERVER, STATUS_MISMATCH, "piece %llu of %s arrived wrong twice", (unsigned long long)piece,
		show_url(download, url));
}

/* A new epoch begins with nothing proven. Pieces in the partial are proven again, in this run or the next. */
static void begin_again(struct worker *worker, struct download *download)
{
	download->reused = 0;
	download->earned = download->earned || download->pieces.tally[PIECE_PROVEN] > 0;
	if (download->proving) {
		landing_close(worker->transfer, download);
		download->proving = download->looked = false;
	}
	piece_map_release(&download->pieces);
	queue_again(worker->transfer->queue, download->file);
}

/* Not once an ordered outlet has got bytes: they cannot be taken back. */
static bool can_begin_again(const struct download *download)
{
	return !download->outlet || !outlet_is_ordered(download->outlet) || outlet_next(download->outlet) == 0;
}

void ending_changed(struct worker *worker, struct download *download)
{
	/* The source has not changed, the file here differs: now it is repaired. */
	if (download->proving && download->differs)
		begin_again(worker, download);
	else if (++download->changes < CHANGES_MAX && can_begin_again(download))
		begin_again(worker, download);
	else
		fail_with_url(worker, download, STATUS_CHANGED, "kept changing while it was fetched");
}

static void explain_sum(const struct download *download, struct failure *failure)
{
	char url[URL_SHOWN_SIZE], hex[HEX_SIZE];

	failure_set(failure, FAILURE_LOCAL, STATUS_MISMATCH, "%s has the SHA-256 %s, not the one that was given", show_url(download, url),
		hex_write(&download->sum, hex));
}

/* All bytes are the server's. Are they those of the user's SHA-256, too? */
static void complete(struct worker *worker, struct download *download)
{
	enum status status = checksum_download(download);
	struct failure failure;

	download->rooted = true;
	if (status == STATUS_OK) {
		commit_add(worker->transfer->commit, download);
		worker->uncommitted = true;
		return;
	}
	if (status == STATUS_MISMATCH)
		explain_sum(download, &failure);
	else
		outcome_local_failure(worker->transfer, &download->file->node, status, "cannot read again", &failure);
	ending_fail(worker, download, &failure);
}

void ending_finish(struct worker *worker, struct download *download)
{
	if (download->pieces.count > 0)
		piece_map_root(&download->pieces, worker->lanes, &download->root);
	if (!download_root_differs(download))
		complete(worker, download);
	else if (++download->roots < ROOTS_MAX && can_begin_again(download))
		begin_again(worker, download);
	else
		fail_with_url(worker, download, STATUS_MISMATCH, "has another root than its server said, twice");
}

void ending_unchanged(struct worker *worker, struct download *download)
{
	uint64_t size = download->described ? download->source.size : download->file->size;
	const struct digest *sum = plan_sum(download->file);

	atomic_fetch_add_explicit(&worker->transfer->counters->bytes_kept, size, memory_order_relaxed);
	download->reused = size;
	download->summed = sum;
	if (sum)
		download->sum = *sum;
	outcome_download(worker->transfer, download, sum ? RESULT_VERIFIED : RESULT_UNCHANGED);
}

void ending_do(struct worker *worker, struct download *download, enum run_duty duty)
{
	switch (duty) {
	case DUTY_NOTHING:
		break;
	case DUTY_FINISH:
		ending_finish(worker, download);
		break;
	case DUTY_FAIL:
		ending_fail(worker, download, &download->failure);
		break;
	case DUTY_DESCRIBE:
		ending_changed(worker, download);
		break;
	}
}
