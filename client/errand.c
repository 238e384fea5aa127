/* Decides how a file is begun by what is here of it. */
#include "errand.h"

#include "choice.h"
#include "ending.h"
#include "local.h"
#include "outcome.h"

static enum status map_pieces(struct worker *worker, struct download *download, struct failure *failure)
{
	piece_map_release(&download->pieces);
	enum status status = piece_map_init(&download->pieces, piece_count(download->source.size));
	if (status == STATUS_OK)
		local_mark(download);
	else
		outcome_local_failure(worker->transfer, &download->file->node, status, "cannot fetch", failure);
	return status;
}

/* Opens the file of the final name, to be proven in its place, or else the partial. */
static enum status open_target(struct worker *worker, struct download *download, enum place *place, struct failure *failure)
{
	*place = PLACE_FREE;
	if (download->proving) {
		enum status status = landing_prove_in_place(worker->transfer, download, failure);
		if (status != STATUS_REFUSED)
			return status;
		/* A file that may not be read cannot be proven: it is fetched anew. */
		landing_close(worker->transfer, download);
		*failure = (struct failure){.code = EXIT_OK};
		download->proving = false;
		download->differs = true;
	}
	return landing_open(worker->transfer, download, place, failure);
}

enum status errand_begin(struct worker *worker, struct download *download, enum place *place, struct failure *failure)
{
	enum status status = open_target(worker, download, place, failure);

	if (status != STATUS_OK || *place == PLACE_SAME || piece_count(download->source.size) == 1)
		return status;
	return map_pieces(worker, download, failure);
}

/* Pieces of it are here: from now on threads verify them and fetch the rest. */
static void reconcile(struct worker *worker, struct download *download)
{
	enum place place;
	struct failure failure;
	enum status status = open_target(worker, download, &place, &failure);

	if (status == STATUS_OK && place != PLACE_SAME)
		status = map_pieces(worker, download, &failure);
	if (status != STATUS_OK)
		ending_fail(worker, download, &failure);
	else if (place == PLACE_SAME)
		ending_unchanged(worker, download);
	else
		queue_share(worker->transfer->queue, download, NULL);
}

void errand_leave(struct worker *worker, struct download *download, enum result_status result)
{
	/* Nothing that this run has brought of an unwanted file stays. */
	if (result == RESULT_SKIPPED)
		download->earned = false;
	landing_give_up(worker->transfer, download);
	outcome_download(worker->transfer, download, result);
}

/* Pieces of it are here: its version has to be known first. False: threads work on them from now on. */
static bool ask_or_reconcile(struct worker *worker, struct errand *errand)
{
	if (!errand->described) {
		errand->ask = ASK_STAT;
		return true;
	}
	reconcile(worker, errand->download);
	return false;
}

/* False: the file has ended here. */
static bool choose(struct worker *worker, struct errand *errand, enum choice choice)
{
	struct download *download = errand->download;

	switch (choice) {
	case CHOICE_ASK:
		errand->ask = ASK_STAT;
		return true;
	case CHOICE_FETCH:
		return true;
	case CHOICE_PROVE:
		/* Its only piece has differed: nothing can be kept. */
		if (download->differs && download->file->size <= PIECE_SIZE)
			return true;
		download->proving = !download->differs;
		return ask_or_reconcile(worker, errand);
	case CHOICE_RECONCILE:
		return ask_or_reconcile(worker, errand);
	case CHOICE_UNCHANGED:
		ending_unchanged(worker, download);
		return false;
	case CHOICE_EXISTS:
		outcome_exists(worker->transfer, &download->file->node, &download->failure);
		errand_leave(worker, download, RESULT_EXISTS);
		return false;
	case CHOICE_SKIP:
		errand_leave(worker, download, RESULT_SKIPPED);
		return false;
	case CHOICE_PLAN:
		errand_leave(worker, download, RESULT_PLANNED);
		return false;
	}
	return true;
}

/*
 * The partial of an earlier epoch is verified under the next one, unless the source has outgrown --max-size. False: it has, or
 * threads work on it from now on.
 */
static bool resume(struct worker *worker, struct errand *errand)
{
	if (errand->described && errand->download->source.size > worker->transfer->max_size) {
		errand_leave(worker, errand->download, RESULT_SKIPPED);
		return false;
	}
	if (errand->ask != ASK_READ || errand->odd || piece_count(errand->download->source.size) == 1)
		return true;
	return ask_or_reconcile(worker, errand);
}

/* A URL names it, and no listing has told yet that it is a file. */
static bool is_only_named(const struct download *download)
{
	return download->file->node.named_by_url && !download->file->node.attributes_known;
}

/* A folder is here, fetched before perhaps: the URL may name a folder, too. */
static bool ask_kind(struct errand *errand, const struct failure *failure)
{
	errand->download->failure = *failure;
	errand->ask = ASK_KIND;
	return true;
}

bool errand_prepare(struct worker *worker, struct errand *errand)
{
	struct download *download = errand->download;
	enum place place = PLACE_FREE;
	struct failure failure;

	if (partial_is_open(&download->partial))
		return resume(worker, errand);
	if (download->looked)
		return true;
	download->looked = true;
	download->proving = false;
	enum status status = download->outlet ? STATUS_OK : place_look(worker->transfer, download->file, &place, &failure);
	if (status == STATUS_IS_FOLDER && is_only_named(download))
		return ask_kind(errand, &failure);
	if (status != STATUS_OK) {
		ending_fail(worker, download, &failure);
		return false;
	}
	download->name_is_free = place == PLACE_FREE;
	return choose(worker, errand, choice_of(worker->transfer, download->file, place));
}
