/* What a service manager would hear: prints every sd_notify datagram as it comes. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sockets.h"

/* usage: notified PATH     prints "bound", then each message; ends with the first that says STOPPING=1 */
int main(int count, char **arguments)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char message[4096];
	ssize_t length;
	if (count != 2 || strlen(arguments[1]) >= sizeof address.sun_path)
		return 2;
	memcpy(address.sun_path, arguments[1], strlen(arguments[1]));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address))
		give_up(arguments[1]);
	puts("bound");
	fflush(stdout);
	while ((length = recv(fd, message, sizeof message - 1, 0)) > 0) {
		message[length] = '\0';
		fputs(message, stdout);
		if (message[length - 1] != '\n')
			putchar('\n');
		fflush(stdout);
		if (strstr(message, "STOPPING=1"))
			return 0;
	}
	give_up("recv");
}
