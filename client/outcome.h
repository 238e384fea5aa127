/* How a file ended, told once: to the report and to the counters of the bar. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "download.h"
#include "failure.h"
#include "plan.h"
#include "remote.h"
#include "report.h"
#include "transfer.h"

/* NODE's place in the destination, for messages: escaped, and cut if it is very long. Returns OUT. */
#define OUTCOME_SHOWN_SIZE 400
char *outcome_shown(const struct transfer *transfer, const struct plan_node *node, char out[OUTCOME_SHOWN_SIZE]);

/* A failure of this machine about NODE's place: "CANNOT PLACE: status". */
void outcome_local_failure(const struct transfer *transfer, const struct plan_node *node, enum status status, const char *cannot,
	struct failure *failure);

/* The failure of a file whose name is taken and must not be replaced. */
void outcome_exists(const struct transfer *transfer, const struct plan_node *node, struct failure *failure);

/* DOWNLOAD has ended with STATUS; if it failed, download->failure says why. Frees it. */
void outcome_download(struct transfer *transfer, struct download *download, enum result_status status);

/* FILE has ended without a download. FAILURE may be NULL. */
void outcome_file(struct transfer *transfer, struct plan_file *file, enum result_status status, const struct failure *failure);

/* FILE had not been begun when REMOTE was given up. */
void outcome_abandoned(struct transfer *transfer, struct plan_file *file, const struct remote *remote);

/* Notes that a server is tried again after PAUSE nanoseconds; says nothing if PAUSE is 0. */
void outcome_pause(const struct transfer *transfer, const struct failure *failure, int64_t pause);

/* An entry of a listing that is not planned, BELOW the source's URL; the source itself if BELOW is empty. FAILURE may be NULL. */
void outcome_entry(struct transfer *transfer, struct plan_source *source, struct span below, enum result_status status,
	const struct failure *failure);

/* SOURCE's listing had not been read to its end when its server was given up. */
void outcome_unlisted(struct transfer *transfer, struct plan_source *source);

/* After the threads: SOURCE's listing had not been read to its end when the run ended. */
void outcome_untried(struct transfer *transfer, struct plan_source *source);

/* After the threads: FOLDER could not be made, or given its mode and time; its "unfinished" says why. */
void outcome_folder(struct transfer *transfer, const struct plan_folder *folder);

/* After the threads: adds everything that failed or was not tried to the failed list. */
void outcome_list_failures(struct transfer *transfer);

#endif
