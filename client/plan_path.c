/* The paths of what a plan holds: where it lands, and what its source calls it. */
#include "plan.h"

#include <assert.h>
#include <string.h>

/* Written from its end to its start. */
char *plan_path_below(const struct plan_node *node, const struct plan_folder *base, char out[PLAN_PATH_SIZE])
{
	char *start = out + PLAN_PATH_SIZE - 1;
	char *end = start;

	for (; node != &base->node; node = &node->parent->node) {
		assert((size_t)(start - out) >= (size_t)node->name_length + (start != end));
		if (start != end)
			*--start = '/';
		start -= node->name_length;
		memcpy(start, plan_name(node), node->name_length);
	}
	memmove(out, start, (size_t)(end - start));
	out[end - start] = '\0';
	return out;
}

static const struct plan_folder *root_of(const struct plan_node *node)
{
	while (node->parent)
		node = &node->parent->node;
	return (const struct plan_folder *)node;
}

char *plan_landing(const struct plan_node *node, char out[PLAN_PATH_SIZE])
{
	return plan_path_below(node, root_of(node), out);
}

char *plan_below(const struct plan_node *node, char out[PLAN_PATH_SIZE])
{
	if (!node->named_by_url)
		return plan_path_below(node, node->source->base, out);
	out[0] = '\0';
	return out;
}

char *plan_request_path(const struct plan_node *node, char out[PLAN_PATH_SIZE])
{
	char below[PLAN_PATH_SIZE];
	/* What does not fit was refused when it was planned. */
	enum status status = path_join(out, span_of(node->source->url.path), span_of(plan_below(node, below)));

	assert(status == STATUS_OK);
	(void)status;
	return out;
}
