/* Fills a folder with many empty files, faster than a shell could. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "sockets.h"

/* usage: crowd FOLDER COUNT     makes FOLDER/file-0000000 and so on */
int main(int count, char **arguments)
{
	char name[32];
	if (count != 3)
		return 2;
	int folder = open(arguments[1], O_PATH | O_DIRECTORY);
	if (folder < 0)
		give_up(arguments[1]);
	unsigned long files = strtoul(arguments[2], NULL, 10);
	for (unsigned long i = 0; i < files; i++) {
		snprintf(name, sizeof name, "file-%07lu", i);
		if (mknodat(folder, name, S_IFREG | 0644, 0))
			give_up(name);
	}
	return 0;
}
