/* What a piece of code writes to a standard stream, caught for a test to read. */
#ifndef CAPTURE_H
#define CAPTURE_H

#define CAPTURE_MAX 16384

struct capture {
	int stream; /* STDOUT_FILENO or STDERR_FILENO */
	int kept;   /* where it led before */
	int file;
	char text[CAPTURE_MAX]; /* after capture_end */
};

/* From here on what is written to STREAM goes to the capture. Ends the program with a message where that can't be. */
void capture_start(struct capture *capture, int stream);

/* Puts the stream back and returns what was caught, cut at CAPTURE_MAX - 1 bytes. */
const char *capture_end(struct capture *capture);

#endif
