/* Prints data and failures, and keeps the exit code. */
#include "output.h"

void output_failure(struct output *output, const struct failure *failure)
{
	output->code = exit_code_join(output->code, failure_print(failure));
}

static void judge(struct output *output, enum status status)
{
	struct failure failure;

	if (status == STATUS_OK || output->broken)
		return;
	output->broken = true;
	failure_set_stdout(&failure, status);
	output_failure(output, &failure);
}

void output_record(struct output *output, struct record *record)
{
	if (!output->broken)
		judge(output, record_print(record, stdout));
	record_release(record);
}

void output_flush(struct output *output)
{
	judge(output, record_flush(stdout));
}
