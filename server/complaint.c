/* Words complaints. */
#include "complaint.h"

#include <stdarg.h>
#include <stdio.h>

enum status complain(struct complaint *complaint, enum status status, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(complaint->text, sizeof(complaint->text), format, values);
	va_end(values);
	return status;
}
