/* Makes and frees a file in work, and answers questions about it. */
#include "download.h"

#include <stdlib.h>

#include "clock.h"

enum status download_new(struct plan_file *file, struct outlet *outlet, struct download **download)
{
	struct download *made = malloc(sizeof(*made));

	if (!made)
		return STATUS_NO_MEMORY;
	*made = (struct download){.file = file, .outlet = outlet, .partial = PARTIAL_CLOSED, .basis = -1, .started = clock_now()};
	/* The listing that gave the size has counted it already. */
	made->counted = file->node.attributes_known ? file->size : 0;
	file->download = made;
	*download = made;
	return STATUS_OK;
}

void download_free(struct download *download)
{
	if (!download)
		return;
	download->file->download = NULL;
	piece_map_release(&download->pieces);
	free(download);
}

void download_describe(struct download *download, const struct file *source)
{
	download->source = *source;
	download->described = true;
}

bool download_root_differs(const struct download *download)
{
	return download->source.root_known && !digest_equal(&download->source.root, &download->root);
}

bool download_failed(const struct download *download)
{
	return download->failure.code != EXIT_OK;
}
