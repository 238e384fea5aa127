/* SHA-256 of many messages at once by libipsec-mb: the fast backend of lanes on x86-64. */
#include "lanes_engine.h"

static enum status multibuffer_open(void **state)
{
	(void)state;
	return STATUS_UNSUPPORTED;
}

const struct lanes_engine lanes_multibuffer = {
	.name = "multibuffer",
	.open = multibuffer_open,
};
