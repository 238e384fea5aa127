/* Unpacks DATA frames: the bytes of so many pieces from standard input to standard output, none of them void. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "frame.h"
#include "sockets.h"

/* usage: pieces NUMBER COUNT     the next COUNT frames have to be DATA of request NUMBER; nothing behind them is read */
static void take(unsigned char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t got = read(STDIN_FILENO, bytes, length);
		if (got <= 0)
			give_up("the connection ended");
		bytes += got;
		length -= (size_t)got;
	}
}

static uint32_t take_header(unsigned long number)
{
	unsigned char header[FRAME_HEADER_SIZE];
	take(header, sizeof header);
	uint32_t length = (uint32_t)header[0] << 24 | (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
	if (header[4] != FRAME_DATA || (unsigned long)(header[6] << 8 | header[7]) != number || length > FRAME_DATA_MAX)
		give_up("not the DATA frame that should come");
	return length;
}

int main(int count, char **arguments)
{
	static unsigned char piece[FRAME_DATA_MAX];
	if (count != 3)
		return 2;
	for (unsigned long left = strtoul(arguments[2], NULL, 10); left > 0; left--) {
		uint32_t length = take_header(strtoul(arguments[1], NULL, 10));
		take(piece, length);
		if (length < DATA_TRAILER_SIZE || piece[length - DATA_TRAILER_SIZE] != 0)
			give_up("a void piece");
		fwrite(piece, 1, length - DATA_TRAILER_SIZE, stdout);
	}
	return fflush(stdout) ? 1 : 0;
}
