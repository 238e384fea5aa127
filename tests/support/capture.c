/* Leads a standard stream into an unnamed file for a while. */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void need(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(1);
}

void capture_start(struct capture *capture, int stream)
{
	fflush(NULL);
	*capture = (struct capture){.stream = stream, .kept = dup(stream), .file = memfd_create("capture", MFD_CLOEXEC)};
	need(capture->kept, "dup");
	need(capture->file, "memfd_create");
	need(dup2(capture->file, stream), "dup2");
}

const char *capture_end(struct capture *capture)
{
	fflush(NULL);
	need(dup2(capture->kept, capture->stream), "dup2");
	ssize_t length = pread(capture->file, capture->text, CAPTURE_MAX - 1, 0);
	need((int)length, "pread");
	capture->text[length] = '\0';
	close(capture->kept);
	close(capture->file);
	return capture->text;
}
