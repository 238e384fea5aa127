/* Asks the kernel what it still has to send. */
#include "outflow.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

int64_t outflow_queue(int fd)
{
	int bytes;

	return ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : -1;
}

bool outflow_goes_on(struct outflow *outflow, int fd, int64_t now)
{
	int64_t queue = outflow_queue(fd);

	if (queue < 0 || queue > outflow->left)
		return false;
	outflow->due = now + outflow->window;
	outflow->left = queue - outflow->bytes;
	return true;
}
