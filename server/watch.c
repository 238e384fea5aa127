/* Waits for signals and the end of stdin, and passes them on to the server until its last connection is gone. */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "descriptor_limit.h"
#include "descriptors.h"
#include "log.h"
#include "path.h"

/* Blocked signals arrive even if they are ignored; but an ignored SIGHUP (nohup) is meant so, unless it is to reload. */
static bool takes_hangup(bool reloadable)
{
	struct sigaction inherited;

	return reloadable || sigaction(SIGHUP, NULL, &inherited) < 0 || inherited.sa_handler != SIG_IGN;
}

enum status watch_signals(const struct settings *settings, int *signal_fd)
{
	sigset_t taken;

	sigemptyset(&taken);
	sigaddset(&taken, SIGTERM);
	sigaddset(&taken, SIGINT);
	if (takes_hangup(settings->reloadable))
		sigaddset(&taken, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &taken, NULL) < 0 || sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL) < 0)
		return status_from_errno(errno);
	*signal_fd = signalfd(-1, &taken, SFD_CLOEXEC);
	return *signal_fd < 0 ? status_from_errno(errno) : STATUS_OK;
}

static void stop(struct watch *watch, const char *reason)
{
	log_line(LOG_INFO, "event=stop reason=%s%s", reason, watch->stopping ? " again=yes" : "");
	log_flush();
	if (watch->stopping) {
		server_stop(watch->server);
		return;
	}
	watch->stopping = true;
	ready_stopping(watch->ready);
	server_drain(watch->server);
}

static void log_needs_restart(const char *setting)
{
	log_line(LOG_WARN, "event=reload setting=%s result=\"needs a restart\"", setting);
}

static void log_refused(const struct complaint *complaint)
{
	char quoted[1200];

	log_line(LOG_ERROR, "event=reload result=refused reason=%s", log_quote(quoted, sizeof(quoted), span_of(complaint->text)));
}

/* Where something is wrong with the new settings the old ones stay in force. */
static void reload(const struct watch *watch)
{
	struct settings wanted;
	struct complaint complaint;

	if (settings_read(watch->argc, watch->argv, &wanted, &complaint) != SETTINGS_SERVE) {
		log_refused(&complaint);
		return;
	}
	descriptors_fit(&wanted, descriptor_limit_raise());
	settings_name_fixed(watch->settings, &wanted, log_needs_restart);
	guard_renew(watch->guard, &wanted, watch->shares);
	server_renew(watch->server, &wanted);
	log_line(LOG_INFO, "event=reload result=done");
	log_flush();
	log_set_level(wanted.log_level);
	settings_release(&wanted);
}

static void take_signal(struct watch *watch)
{
	struct signalfd_siginfo signal;

	if (read(watch->signal_fd, &signal, sizeof(signal)) != sizeof(signal))
		return;
	if (signal.ssi_signo == SIGHUP && watch->settings->reloadable)
		reload(watch);
	else
		stop(watch, signal.ssi_signo == SIGTERM ? "SIGTERM" : signal.ssi_signo == SIGINT ? "SIGINT" : "SIGHUP");
}

/* Input before the end is of no interest. True at the end. */
static bool stdin_ended(void)
{
	char ignored[4096];
	ssize_t length = read(STDIN_FILENO, ignored, sizeof(ignored));

	return length == 0 || (length < 0 && errno != EINTR && errno != EAGAIN);
}

void watch_until_done(struct watch *watch)
{
	struct pollfd watched[] = {
		{.fd = watch->signal_fd, .events = POLLIN},
		{.fd = server_done_fd(watch->server), .events = POLLIN},
		{.fd = watch->settings->until_eof ? STDIN_FILENO : -1, .events = POLLIN},
	};

	while (!watched[1].revents) {
		if (poll(watched, sizeof(watched) / sizeof(watched[0]), -1) < 0)
			continue;
		if (watched[0].revents)
			take_signal(watch);
		if (watched[2].revents && stdin_ended()) {
			watched[2] = (struct pollfd){.fd = -1};
			if (!watch->stopping)
				stop(watch, "eof");
		}
	}
}
