/* The window: how many requests and bytes of requests a client has unanswered (R and B of the protocol). */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A request counts from the arrival of its header until the last byte of its answer was handed to the kernel. Positions
 * are those of the output's bytes, counted from the start of the connection; they never decrease.
 */
struct answered;

struct window {
	uint32_t requests_max; /* R */
	uint32_t bytes_max;    /* B */
	uint32_t requests;
	uint32_t bytes;
	/* Answered, but not handed over yet: a queue that exists while it is not empty. */
	struct answered *queue;
	uint32_t first;
	uint32_t end;
	uint32_t capacity;
};

void window_init(struct window *window, uint32_t requests_max, uint32_t bytes_max);
void window_release(struct window *window);

/* A request of BYTES, header included, arrives. False when it is one too many. */
bool window_arrive(struct window *window, uint32_t bytes);

/* The oldest unanswered request, of BYTES, got its last byte of answer at POSITION. */
void window_answer(struct window *window, uint32_t bytes, uint64_t position);

/* Bytes of heap that it holds. */
size_t window_memory(const struct window *window);

/* All output before POSITION was handed to the kernel. */
void window_hand_over(struct window *window, uint64_t position);

#endif
