/* ferryd from start to end: settings, shares, sockets, threads, signals, totals. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "complaint.h"
#include "content.h"
#include "descriptors.h"
#include "endpoints.h"
#include "log.h"
#include "ready.h"
#include "server.h"
#include "settings.h"
#include "share.h"

/* Exit codes; the README fixes them. */
enum {
	EXIT_STOPPED = 0,
	EXIT_OTHER = 1,
	EXIT_USAGE = 2,
	EXIT_CANNOT_LISTEN = 5,
	EXIT_CANNOT_OPEN = 9,
};

/* Everything that is made before the first thread and outlives the last. */
struct process {
	int argc;
	char **argv;
	struct settings settings;
	struct shares shares;
	struct contents *contents;
	struct endpoints endpoints;
	struct server *server;
	int signals;
};

static int fail(int code, const char *what, const char *why)
{
	log_flush();
	fprintf(stderr, "ferryd: %s: %s\n", what, why);
	return code;
}

static int repeat(int code, const struct complaint *complaint)
{
	log_flush();
	fprintf(stderr, "%s\n", complaint->text);
	return code;
}

static int open_shares(struct process *process)
{
	const struct share_settings *failed;
	enum status status = shares_open(&process->shares, &process->settings, &failed);

	return status == STATUS_OK ? EXIT_STOPPED : fail(EXIT_CANNOT_OPEN, failed->path, status_text(status));
}

static int open_endpoints(struct process *process)
{
	struct endpoints_failure failure;
	char text[ADDRESS_TEXT_SIZE];

	if (endpoints_open(&process->endpoints, process->settings.listen, process->settings.listen_count, &failure) == STATUS_OK)
		return EXIT_STOPPED;
	address_text(&failure.address, text);
	char what[ADDRESS_TEXT_SIZE + 32];
	snprintf(what, sizeof(what), "cannot listen on %s", text);
	return fail(EXIT_CANNOT_LISTEN, what, strerror(failure.error));
}

/* Every thread inherits this: signals come to main alone, by a descriptor, and a lost peer is an error, not a death. */
static int open_signals(struct process *process)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return fail(EXIT_OTHER, "signals", strerror(errno));
	process->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return process->signals >= 0 ? EXIT_STOPPED : fail(EXIT_OTHER, "signalfd", strerror(errno));
}

static int start_server(struct process *process, size_t descriptors)
{
	enum status status = contents_new(descriptors_contents(descriptors), NULL, &process->contents);

	if (status == STATUS_OK) {
		struct server_setup setup = {
			.settings = &process->settings,
			.shares = &process->shares,
			.contents = process->contents,
			.listeners = process->endpoints.fds,
			.listener_count = process->endpoints.count,
		};
		status = server_start(&setup, &process->server);
		endpoints_hand_over(&process->endpoints);
	}
	if (status == STATUS_INVALID)
		return fail(EXIT_USAGE, "FERRY_LANES", "must be openssl or multibuffer");
	return status == STATUS_OK ? EXIT_STOPPED : fail(EXIT_OTHER, "cannot start", status_text(status));
}

static int announce(const struct process *process)
{
	struct ready ready = {.fd = process->settings.ready_fd, .port_file = process->settings.port_file};
	struct complaint complaint;

	if (ready_announce(&ready, process->endpoints.addresses, process->endpoints.count, &complaint) == STATUS_OK)
		return EXIT_STOPPED;
	return repeat(EXIT_CANNOT_OPEN, &complaint);
}

static void stop(struct process *process, unsigned *asked)
{
	if ((*asked)++ > 0) {
		server_stop(process->server);
		return;
	}
	log_line(LOG_INFO, "event=stopping");
	log_flush();
	ready_stopping();
	server_drain(process->server);
}

static void say_fixed(const char *name)
{
	log_line(LOG_WARN, "event=reload setting=%s reason=\"needs a restart\"", name);
}

/* What can change while the server runs changes; what is wrong or fixed is said, and nothing else happens. */
static void reload(struct process *process)
{
	struct settings wanted;

	if (settings_read(process->argc, process->argv, &wanted) != SETTINGS_SERVE) {
		log_line(LOG_WARN, "event=reload status=refused");
		return;
	}
	settings_name_fixed(&process->settings, &wanted, say_fixed);
	log_set_level(wanted.log_level);
	process->settings.log_level = wanted.log_level;
	settings_release(&wanted);
	log_line(LOG_INFO, "event=reload status=ok");
	log_flush();
}

static void take_signal(struct process *process, unsigned *asked)
{
	struct signalfd_siginfo signal;

	if (read(process->signals, &signal, sizeof(signal)) != sizeof(signal))
		return;
	if (signal.ssi_signo == SIGHUP && process->settings.reloadable)
		reload(process);
	else
		stop(process, asked);
}

/* True when the stream is at its end; what comes before is of no interest. */
static bool input_ended(void)
{
	char bytes[512];
	ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));

	return got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
}

/* Until every connection is gone after somebody asked to stop. */
static void serve(struct process *process)
{
	unsigned asked = 0;
	struct pollfd polled[] = {
		{.fd = server_done_fd(process->server), .events = POLLIN},
		{.fd = process->signals, .events = POLLIN},
		{.fd = process->settings.until_eof ? STDIN_FILENO : -1, .events = POLLIN},
	};

	while (!polled[0].revents) {
		if (poll(polled, 3, -1) < 0)
			continue;
		if (polled[1].revents)
			take_signal(process, &asked);
		if (polled[2].revents && input_ended()) {
			polled[2].fd = -1;
			stop(process, &asked);
		}
	}
}

static void say_totals(const struct process *process)
{
	struct server_totals totals;

	server_totals(process->server, &totals);
	log_line(LOG_INFO, "event=totals requests=%ju sent=%ju hashed=%ju connections=%ju", (uintmax_t)totals.requests,
		(uintmax_t)totals.sent, (uintmax_t)totals.hashed, (uintmax_t)totals.connections);
	log_flush();
}

/* In this order: what can be wrong is found before anything is bound, and everything is open before the first thread. */
static int start(struct process *process)
{
	struct ready ready = {.fd = process->settings.ready_fd, .port_file = process->settings.port_file};
	struct complaint complaint;
	size_t descriptors = descriptors_raise();
	int code;

	log_set_level(process->settings.log_level);
	if (ready.fd >= 0 && ready_check_fd(ready.fd, &complaint) != STATUS_OK)
		return repeat(EXIT_USAGE, &complaint);
	if (ready_clear(&ready, &complaint) != STATUS_OK)
		return repeat(EXIT_CANNOT_OPEN, &complaint);
	descriptors_fit(&process->settings, descriptors);
	if ((code = open_shares(process)) || (code = open_endpoints(process)) || (code = open_signals(process)))
		return code;
	return start_server(process, descriptors);
}

static void release(struct process *process)
{
	server_free(process->server);
	if (process->signals >= 0)
		close(process->signals);
	endpoints_release(&process->endpoints);
	contents_free(process->contents);
	shares_release(&process->shares);
	settings_release(&process->settings);
}

int main(int argc, char **argv)
{
	struct process process = {.argc = argc, .argv = argv, .signals = -1};
	enum settings_outcome outcome = settings_read(argc, argv, &process.settings);

	if (outcome != SETTINGS_SERVE)
		return outcome == SETTINGS_SHOWN ? EXIT_STOPPED : EXIT_USAGE;
	int code = EXIT_STOPPED;
	if (!process.settings.check_config && (code = start(&process)) == EXIT_STOPPED &&
	    (code = announce(&process)) == EXIT_STOPPED) {
		serve(&process);
		say_totals(&process);
	}
	release(&process);
	return code;
}
