/* Looks at final names, and compares what has them with the source. */
#include "place.h"

#include "beneath.h"
#include "checksum.h"
#include "claims.h"
#include "outcome.h"

enum status place_take(struct transfer *transfer, const struct plan_file *file)
{
	char landing[PLAN_PATH_SIZE];
	const struct plan_file *owner;

	if (folders_folding(file->node.parent) != FOLDING_YES)
		return STATUS_OK;
	enum status status = claims_take(transfer->claims, plan_landing(&file->node, landing), file, &owner);
	return status == STATUS_OK && owner != file ? STATUS_EXISTS : status;
}

void place_explain_collision(struct transfer *transfer, const struct plan_file *file, struct failure *failure)
{
	char shown[OUTCOME_SHOWN_SIZE];

	outcome_shown(transfer, &file->node, shown);
	failure_set(failure, FAILURE_LOCAL, STATUS_INVALID,
		"cannot write %s: its folder takes it for another file of this run, whose name differs in case alone", shown);
}

static enum status fail(struct transfer *transfer, const struct plan_file *file, enum status status, struct failure *failure)
{
	if (status == STATUS_EXISTS)
		place_explain_collision(transfer, file, failure);
	else
		outcome_local_failure(transfer, &file->node, status, "cannot write", failure);
	return status;
}

bool place_matches(const struct stat *stat, uint64_t size, const struct file_time *time)
{
	return (uint64_t)stat->st_size == size && stat->st_mtim.tv_sec == time->seconds && stat->st_mtim.tv_nsec == (long)time->nanoseconds;
}

/* TIME may be NULL: unknown. */
static enum status place_of(int folder, const char *name, uint64_t size, const struct file_time *time, enum place *place)
{
	struct stat stat;
	enum status status = beneath_stat_name(folder, name, &stat);

	if (status == STATUS_NOT_FOUND) {
		*place = PLACE_FREE;
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	if (S_ISDIR(stat.st_mode))
		return STATUS_IS_FOLDER;
	*place = PLACE_NOT_REGULAR;
	if (S_ISREG(stat.st_mode))
		*place = time && place_matches(&stat, size, time) ? PLACE_SAME : PLACE_OTHER;
	return STATUS_OK;
}

/*
 * If the user gave a sum, size and time are not enough. A file with that sum is synced, since an earlier run may not have done so.
 * A file that may not be read counts as different.
 */
static enum status prove(const struct transfer *transfer, int folder, const struct plan_file *file, uint64_t size, enum place *place)
{
	const struct digest *sum = plan_sum(file);

	if (*place != PLACE_SAME || !sum)
		return STATUS_OK;
	enum status status = checksum_file(folder, file->name, size, sum, transfer->sync ? CHECKSUM_SYNC : CHECKSUM_NO_SYNC);
	if (status == STATUS_OK)
		return folders_settle(transfer->folders, file->node.parent);
	if (status != STATUS_MISMATCH && status != STATUS_CHANGED && status != STATUS_REFUSED)
		return status;
	*place = PLACE_OTHER;
	return STATUS_OK;
}

static bool is_of_list(const struct transfer *transfer, const struct plan_file *file, int folder)
{
	return failed_list_is_called(transfer->failed_list, file->name, folders_folding(file->node.parent)) &&
		failed_list_lies_in(transfer->failed_list, folder);
}

/* The file of a listing has the failed list's name. Files that the user named were checked before the run began. */
static enum status leave_to_list(struct transfer *transfer, const struct plan_file *file, struct failure *failure)
{
	char shown[OUTCOME_SHOWN_SIZE];

	failure_set(failure, FAILURE_LOCAL, STATUS_INVALID, "cannot write %s: the failed list goes there",
		outcome_shown(transfer, &file->node, shown));
	return STATUS_INVALID;
}

static enum status look(struct transfer *transfer, const struct plan_file *file, int folder, uint64_t size,
	const struct file_time *time, enum place *place, struct failure *failure)
{
	enum status status = place_of(folder, file->name, size, time, place);

	/* A folder would be in the way of a replacement, but nothing is to be replaced. */
	if (status == STATUS_IS_FOLDER && transfer->no_clobber) {
		*place = PLACE_NOT_REGULAR;
		status = STATUS_OK;
	}
	if (status == STATUS_OK && *place != PLACE_FREE) {
		folders_learn(file->node.parent, folder, file->name);
		status = place_take(transfer, file);
	}
	if (status == STATUS_OK && is_of_list(transfer, file, folder))
		return leave_to_list(transfer, file, failure);
	if (status == STATUS_OK)
		status = prove(transfer, folder, file, size, place);
	return status == STATUS_OK ? STATUS_OK : fail(transfer, file, status, failure);
}

enum status place_look_again(struct transfer *transfer, const struct plan_file *file, int folder, const struct file *source,
	enum place *place, struct failure *failure)
{
	return look(transfer, file, folder, source->size, &source->mtime, place, failure);
}

/* Looks for a partial beside a free place. */
static void look_beside(int folder, const struct plan_file *file, enum place *place)
{
	char name[PARTIAL_NAME_SIZE];
	struct stat stat;

	if (*place == PLACE_FREE && beneath_stat_name(folder, partial_name(file->name, name), &stat) == STATUS_OK)
		*place = PLACE_BEGUN;
}

/* A run that fetches "a" beside it would use ".a.ferry-part" up as the partial of "a". */
static enum status refuse_name(struct transfer *transfer, const struct plan_file *file, struct failure *failure)
{
	char shown[OUTCOME_SHOWN_SIZE];

	failure_set(failure, FAILURE_LOCAL, STATUS_INVALID, "cannot write %s: this is how ferry calls its partial files",
		outcome_shown(transfer, &file->node, shown));
	return STATUS_INVALID;
}

enum status place_look(struct transfer *transfer, const struct plan_file *file, enum place *place, struct failure *failure)
{
	int folder;

	if (partial_is_name(file->name))
		return refuse_name(transfer, file, failure);
	enum status status = folders_look(transfer->folders, file->node.parent, &folder);

	*place = PLACE_FREE;
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK) {
		outcome_local_failure(transfer, &file->node.parent->node, status, "cannot open folder", failure);
		return status;
	}
	status = look(transfer, file, folder, file->size, file->node.attributes_known ? &file->node.mtime : NULL, place, failure);
	if (status == STATUS_OK)
		look_beside(folder, file, place);
	folders_leave(transfer->folders, file->node.parent);
	return status;
}
