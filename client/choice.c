/* Decides by what is here, what is known of the source, and what the user asked for. */
#include "choice.h"

/* A file for which the user gave a sum has been proven by it already. */
static enum choice choice_of_same(const struct transfer *transfer, const struct plan_file *file)
{
	return transfer->verify && !transfer->dry_run && !plan_sum(file) ? CHOICE_PROVE : CHOICE_UNCHANGED;
}

/* An older file of one piece has nothing in common with the source, but a run may have left a partial that has it all. */
static enum choice choice_of_known(const struct transfer *transfer, const struct plan_file *file, enum place place)
{
	if (file->size > transfer->max_size)
		return CHOICE_SKIP;
	if (transfer->dry_run)
		return CHOICE_PLAN;
	if (place == PLACE_BEGUN || (place != PLACE_FREE && file->size > PIECE_SIZE))
		return CHOICE_RECONCILE;
	return CHOICE_FETCH;
}

/* Is it certain that something else has the name? A regular file may still turn out to be the same. */
static bool is_other(const struct plan_file *file, enum place place)
{
	return place == PLACE_NOT_REGULAR || (place == PLACE_OTHER && file->node.attributes_known);
}

enum choice choice_of(const struct transfer *transfer, const struct plan_file *file, enum place place)
{
	if (place == PLACE_SAME)
		return choice_of_same(transfer, file);
	if (transfer->no_clobber && is_other(file, place))
		return CHOICE_EXISTS;
	if (file->node.attributes_known)
		return choice_of_known(transfer, file, place);
	if (place == PLACE_BEGUN || place == PLACE_OTHER || transfer->dry_run || transfer->max_size < UINT64_MAX)
		return CHOICE_ASK;
	return CHOICE_FETCH;
}
