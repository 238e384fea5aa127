/* Decides from what is here, what is known of the source, and what was asked for. */
#include "choice.h"

static enum choice choice_of_told(const struct transfer *transfer, const struct plan_file *file)
{
	if (file->size > transfer->max_size)
		return CHOICE_SKIP;
	return transfer->dry_run ? CHOICE_PLAN : CHOICE_FETCH;
}

/* Does something else have the name for sure? A regular file may still turn out to be the same. */
static bool is_other(const struct plan_file *file, enum landing_place place)
{
	return place == LANDING_ODD || (place == LANDING_OTHER && file->node.told);
}

enum choice choice_of(const struct transfer *transfer, const struct plan_file *file, enum landing_place place)
{
	if (place == LANDING_SAME)
		return CHOICE_UNCHANGED;
	if (transfer->no_clobber && is_other(file, place))
		return CHOICE_EXISTS;
	if (file->node.told)
		return choice_of_told(transfer, file);
	return place == LANDING_OTHER || transfer->dry_run || transfer->max_size < UINT64_MAX ? CHOICE_ASK : CHOICE_FETCH;
}
