/* How a file ended, told once: to the report and to the counters of the bar. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "download.h"
#include "failure.h"
#include "plan.h"
#include "remote.h"
#include "report.h"
#include "transfer.h"

/* How a place of the destination is written in messages: escaped, cut where it is very long. Returns OUT. */
#define OUTCOME_SHOWN_SIZE 400
char *outcome_shown(const struct transfer *transfer, const struct plan_node *node, char out[OUTCOME_SHOWN_SIZE]);

/* A failure of this machine about NODE's place: "CANNOT PLACE: status". */
void outcome_local_failure(const struct transfer *transfer, const struct plan_node *node, enum status status, const char *cannot,
	struct failure *failure);

/* The failure of a name that is taken and is not to be replaced. */
void outcome_exists(const struct transfer *transfer, const struct plan_node *node, struct failure *failure);

/* The download ended so; download->failure says why where it failed. Frees it. */
void outcome_download(struct transfer *transfer, struct download *download, enum result_status status);

/* A file that never was in work. */
void outcome_file(struct transfer *transfer, struct plan_file *file, enum result_status status, const struct failure *failure);

/* A file that nobody had begun when REMOTE was given up. */
void outcome_abandoned(struct transfer *transfer, struct plan_file *file, const struct remote *remote);

/* A server is tried again after PAUSE nanoseconds; with 0 there is nothing to tell. */
void outcome_pause(const struct transfer *transfer, const struct failure *failure, int64_t pause);

/* Something that a listing names and that is no file of the plan: BELOW the source's URL; where that is empty, the source itself. */
void outcome_entry(struct transfer *transfer, struct plan_source *source, struct span below, enum result_status status,
	const struct failure *failure);

/* A source whose listing was not read to its end when its server was given up. */
void outcome_unlisted(struct transfer *transfer, struct plan_source *source);

/* After the threads: a source whose listing did not come to its end before the run did. */
void outcome_untried(struct transfer *transfer, struct plan_source *source);

/* After the threads: FOLDER could not be made what it is at its source. */
void outcome_folder(struct transfer *transfer, struct plan_folder *folder, enum status status);

/* After the threads: what failed or was not tried goes into the failed list. */
void outcome_list_failures(struct transfer *transfer);

#endif
