/* ferry ping: handshake, round trips, the kernel's view of the connection, and how it ended. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "amount.h"
#include "clock.h"
#include "commands.h"
#include "exchange.h"
#include "failure.h"
#include "message.h"
#include "output.h"
#include "path.h"
#include "record.h"
#include "tcp.h"

#define CLOSE_PATIENCE (5 * CLOCK_SECOND)

struct trips {
	uint64_t count;
	int64_t min;
	int64_t max;
	int64_t sum;
};

struct ping_run {
	const struct options *options;
	struct url url;
	struct link *link;
	struct trips trips;
	bool looked;
	struct tcp_facts facts;
	bool closed; /* by us, or found closed: ENDING is known */
	enum tcp_closing ending;
	int64_t ending_took; /* nanoseconds; -1: we did not wait for it */
	struct failure failure;
};

static const struct {
	const char *sentence;
	const char *by;
	const char *how;
} endings[] = {
	[TCP_CLOSED_BY_US] = {"by ferry with GOODBYE and FIN; the server answered with its FIN", "ferry", "fin"},
	[TCP_CLOSED_BY_PEER] = {"by the server, with a FIN in the middle of the conversation", "server", "fin"},
	[TCP_RESET_AFTER_US] = {"by ferry with GOODBYE and FIN; the server answered with a reset", "ferry", "reset"},
	[TCP_RESET_BY_PEER] = {"by the server, with a reset in the middle of the conversation", "server", "reset"},
	[TCP_SILENT_AFTER_US] = {"by ferry with GOODBYE and FIN; the server has not closed its side", "ferry", "silence"},
};

static enum status round_trip(struct ping_run *run, uint64_t stamp)
{
	const struct ping ping = {{(const unsigned char *)&stamp, sizeof stamp}};
	struct exchange_request request;
	struct frame frame;
	struct span payload;
	struct ping pong;

	exchange_begin(&request);
	ping_encode(&request.writer, link_number(run->link), &ping);
	int64_t started = clock_now();
	enum status status = exchange_send(run->link, &request, &run->failure);
	if (status == STATUS_OK)
		status = exchange_receive(run->link, &run->url, span_of(""), &frame, &payload, &run->failure);
	if (status != STATUS_OK)
		return status;
	int64_t took = clock_now() - started;
	if (frame.type != FRAME_PONG || ping_decode(payload, &pong) != STATUS_OK || pong.bytes.length != sizeof stamp ||
		memcmp(pong.bytes.bytes, &stamp, sizeof stamp) != 0)
		return exchange_misfit(run->link, &run->failure);
	link_answered(run->link);
	struct trips *trips = &run->trips;
	trips->min = trips->count == 0 || took < trips->min ? took : trips->min;
	trips->max = took > trips->max ? took : trips->max;
	trips->sum += took;
	trips->count++;
	return STATUS_OK;
}

/* Not by link_close(), which would hide how the server reacts. */
static void close_watching(struct ping_run *run)
{
	link_part(run->link);
	run->ending = tcp_finish(link_fd(run->link), CLOSE_PATIENCE, &run->ending_took);
	run->closed = true;
}

static void measure(struct ping_run *run)
{
	enum status status = STATUS_OK;
	int fd = link_fd(run->link);

	for (uint64_t i = 0; i < run->options->count && status == STATUS_OK; i++)
		status = round_trip(run, i);
	run->looked = tcp_look(fd, &run->facts) == STATUS_OK;
	if (status == STATUS_OK || status == STATUS_REFUSED) {
		close_watching(run);
	} else if (status == STATUS_LOST) {
		run->ending = tcp_post_mortem(fd);
		run->ending_took = -1;
		run->closed = true;
	}
}

static void print_facts(const struct tcp_facts *facts)
{
	char rtt[AMOUNT_SIZE], variance[AMOUNT_SIZE], rate[AMOUNT_SIZE];

	printf("kernel       rtt %s, varying by %s; retransmissions: %" PRIu32 "\n", amount_took(rtt, facts->rtt),
		amount_took(variance, facts->rtt_variance), facts->retransmissions);
	printf("             congestion control %s, window %" PRIu32 " segments", facts->congestion, facts->window);
	if (facts->rate > 0)
		printf(", rate %s/s", amount_bytes(rate, facts->rate));
	printf("\n             MSS %" PRIu32 " bytes out, %" PRIu32 " bytes in; path MTU %" PRIu32 "\n", facts->mss_send,
		facts->mss_receive, facts->path_mtu);
}

static void print_text(const struct ping_run *run)
{
	char address[ADDRESS_TEXT_SIZE], first[AMOUNT_SIZE], second[AMOUNT_SIZE], third[AMOUNT_SIZE];
	const struct trips *trips = &run->trips;

	if (run->looked) {
		address_text(&run->facts.peer, address);
		printf("server       %s\n", address);
	}
	printf("handshake    %s (SYN, SYN-ACK, ACK)\n", amount_took(first, link_handshake(run->link)));
	if (trips->count > 0)
		printf("round trips  %" PRIu64 ": min %s, avg %s, max %s\n", trips->count, amount_took(first, trips->min),
			amount_took(second, trips->sum / (int64_t)trips->count), amount_took(third, trips->max));
	if (run->looked)
		print_facts(&run->facts);
	if (!run->closed)
		return;
	printf("closed       %s", endings[run->ending].sentence);
	if (run->ending_took >= 0)
		printf(" after %s", amount_took(first, run->ending_took));
	putchar('\n');
}

static uint64_t known(bool is_known, uint64_t number)
{
	return is_known ? number : RECORD_UNKNOWN;
}

static void record_facts(struct record *record, const struct ping_run *run)
{
	const struct tcp_facts *facts = &run->facts;
	char address[ADDRESS_TEXT_SIZE];

	if (run->looked)
		address_text(&facts->peer, address);
	record_text(record, "address", run->looked ? address : NULL);
	record_milliseconds(record, "rtt_ms", run->looked ? facts->rtt : -1);
	record_milliseconds(record, "rtt_variance_ms", run->looked ? facts->rtt_variance : -1);
	record_number(record, "retransmissions", known(run->looked, facts->retransmissions));
	record_text(record, "congestion", run->looked ? facts->congestion : NULL);
	record_number(record, "window", known(run->looked, facts->window));
	record_number(record, "mss_send", known(run->looked, facts->mss_send));
	record_number(record, "mss_receive", known(run->looked, facts->mss_receive));
	record_number(record, "path_mtu", known(run->looked, facts->path_mtu));
	record_number(record, "rate", known(run->looked && facts->rate > 0, facts->rate));
}

static void print_object(struct output *output, const struct ping_run *run)
{
	const struct trips *trips = &run->trips;
	bool any = trips->count > 0;
	struct record record;

	record_init(&record);
	if (run->link)
		record_url(&record, "url", &run->url, span_of(""));
	else
		record_text(&record, "url", run->options->operands[0]);
	record_milliseconds(&record, "handshake_ms", run->link ? link_handshake(run->link) : -1);
	record_number(&record, "count", trips->count);
	record_milliseconds(&record, "min_ms", any ? trips->min : -1);
	record_milliseconds(&record, "avg_ms", any ? trips->sum / (int64_t)trips->count : -1);
	record_milliseconds(&record, "max_ms", any ? trips->max : -1);
	record_facts(&record, run);
	record_text(&record, "closed_by", run->closed ? endings[run->ending].by : NULL);
	record_text(&record, "closed_how", run->closed ? endings[run->ending].how : NULL);
	record_milliseconds(&record, "close_ms", run->closed ? run->ending_took : -1);
	record_failure(&record, &run->failure);
	output_record(output, &record);
}

int command_ping(const struct options *options)
{
	struct ping_run run = {.options = options};
	struct output output = {.code = EXIT_OK};

	if (exchange_open(options->operands[0], options, &run.url, &run.link, &run.failure) == STATUS_OK)
		measure(&run);
	if (options->json)
		print_object(&output, &run);
	else if (run.link)
		print_text(&run);
	output_flush(&output);
	if (run.failure.code != EXIT_OK)
		output_failure(&output, &run.failure);
	link_drop(run.link);
	url_release(&run.url);
	return output.code;
}
