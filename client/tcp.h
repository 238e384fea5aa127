/* What the kernel knows of a TCP connection, and a close that watches who does what. */
#ifndef TCP_H
#define TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "status.h"

struct tcp_facts {
	struct address peer;
	int64_t rtt;          /* nanoseconds, smoothed by the kernel */
	int64_t rtt_variance;
	uint32_t retransmissions;
	uint32_t window;      /* congestion window, segments */
	uint32_t mss_send;    /* bytes of a segment */
	uint32_t mss_receive;
	uint32_t path_mtu;
	uint64_t rate;        /* delivered bytes per second, as last measured; 0: not measured */
	char congestion[16];  /* the congestion control's name */
};

MUST_CHECK enum status tcp_look(int fd, struct tcp_facts *facts);

enum tcp_closing {
	TCP_CLOSED_BY_US,     /* our FIN, then the peer's */
	TCP_CLOSED_BY_PEER,   /* the peer's FIN before ours */
	TCP_RESET_AFTER_US,   /* our FIN, then a reset */
	TCP_RESET_BY_PEER,    /* a reset before our FIN */
	TCP_SILENT_AFTER_US,  /* our FIN, then nothing within the patience */
};

/* Ends our direction and reads to the end; bytes that still arrive are dropped. *TOOK is the time until the peer's end, or PATIENCE. */
enum tcp_closing tcp_finish(int fd, int64_t patience, int64_t *took);

/* How a lost connection ended. */
enum tcp_closing tcp_post_mortem(int fd);

#endif
