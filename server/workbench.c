/* Allocates the buffers of a workbench. */
#include "workbench.h"

#include <stdlib.h>

enum status workbench_init(struct workbench *bench, struct services *services)
{
	*bench = (struct workbench){.services = services};
	enum status status = lanes_new(LANES_BEST, &bench->lanes);
	if (status != STATUS_OK)
		return status;
	bench->input = malloc(WORKBENCH_INPUT);
	bench->hashing = malloc(WORKBENCH_HASHING);
	bench->packing = malloc(OUTPUT_CAPACITY);
	if (bench->input && bench->hashing && bench->packing)
		return STATUS_OK;
	workbench_release(bench);
	return STATUS_NO_MEMORY;
}

void workbench_release(struct workbench *bench)
{
	lanes_free(bench->lanes);
	free(bench->input);
	free(bench->hashing);
	free(bench->packing);
	*bench = (struct workbench){.services = NULL};
}
