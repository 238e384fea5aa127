/* ferry sum: digests of files at servers and here. */
#include "commands.h"
#include "sum.h"

int command_sum(const struct options *options)
{
	struct sum sum = {.options = options};

	for (size_t i = 0; i < options->operand_count && !sum.output.broken; i++) {
		if (url_is_meant(options->operands[i]))
			sum_remote(&sum, options->operands[i]);
		else
			sum_local(&sum, options->operands[i]);
	}
	hasher_free(sum.hasher);
	return sum.output.code;
}
