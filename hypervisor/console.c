/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Console: sources, the screen they share, the transmit queue, the input.
 *
 * The screen's last line is empty, or shows the unfinished line of the source with
 * the focus (`shown`).  Before anything else is printed that line is ended;
 * afterwards it is shown again.
 */
#include <hv/console.h>
#include <hv/console_line.h>
#include <hv/console_relay.h>
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/keys.h>
#include <hv/printk.h>
#include <arch/console.h>
#include <arch/memory.h>
#include <arch/spinlock.h>
#include <public/manage.h>

#define CTRL_A       0x01
#define FOCUS_KEYS   3    /* Ctrl-A in a row that move the focus */
#define TX_SIZE      8192 /* power of two */
#define INPUT_SIZE   512  /* power of two */
#define IO_CHUNK     128  /* bytes copied from or to a guest at a time */
#define IO_WRITE_MAX 4096 /* bytes a call: interrupts are masked meanwhile */

struct console_source {
	struct domain *domain; /* NULL: the hypervisor's, or nobody's */
	char prefix[DOMAIN_NAME_SIZE + 4];
	struct console_line line;

	char input[INPUT_SIZE]; /* typed, not yet fetched */
	uint32_t input_in, input_out;

	/* Xen's ring; the indices that are ours are kept here, not read back. */
	struct xencons_interface *ring;
	XENCONS_RING_IDX out_cons, in_prod;
	unsigned int port;
	bool ring_used; /* the guest has notified its port */

	struct console_relay relay; /* the same for dom0's xenconsoled */
};

static spinlock_t lock = SPINLOCK_INIT;
static bool lock_broken;

static struct console_source messages; /* printk */
static struct console_source keyboard; /* echo of the console keys */
static struct console_source sources[MAX_DOMAINS];
static struct console_source *focus = &keyboard;
static struct console_source *shown;

static char tx[TX_SIZE];
static uint32_t tx_in, tx_out;
static unsigned int focus_keys; /* Ctrl-A seen in a row */

static __attribute__((noinline)) void console_lock(void)
{
	if (!lock_broken)
		spin_lock(&lock);
}

static __attribute__((noinline)) void console_unlock(void)
{
	if (!lock_broken)
		spin_unlock(&lock);
}

void console_break_lock(void)
{
	lock_broken = true;
}

/* ---- transmission -------------------------------------------------------- */

static void tx_drain(void)
{
	if (tx_in == tx_out)
		return;
	while (tx_in != tx_out && arch_console_put(tx[tx_out % TX_SIZE]))
		tx_out++;
	if (tx_in == tx_out)
		arch_console_tx_interrupt(false);
}

static __attribute__((noinline)) void emit(char c)
{
	tx_drain();
	if (tx_in == tx_out && arch_console_put(c))
		return;
	while (tx_in - tx_out == TX_SIZE)
		tx_drain(); /* nothing is dropped: poll */
	if (tx_in == tx_out)
		arch_console_tx_interrupt(true);
	tx[tx_in++ % TX_SIZE] = c;
}

static void emit_bytes(const char *text, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		emit(text[i]);
}

static void emit_string(const char *text)
{
	emit_bytes(text, (unsigned int)strlen(text));
}

void console_tx_ready(void)
{
	console_lock();
	tx_drain();
	console_unlock();
}

void console_flush(void)
{
	console_lock();
	while (tx_in != tx_out)
		tx_drain();
	console_unlock();
}

/* ---- the screen ---------------------------------------------------------- */

static void show_line(const struct console_source *s)
{
	emit_string(s->prefix);
	emit_bytes(s->line.text, s->line.length);
}

static void end_shown_line(void)
{
	if (shown != NULL)
		emit_string("\r\n");
	shown = NULL;
}

static void show_focus(void)
{
	if (shown != NULL || focus->line.length == 0)
		return;
	show_line(focus);
	for (unsigned int i = focus->line.cursor; i < focus->line.length; i++)
		emit('\b');
	shown = focus;
}

/* Print the source's line, whatever it is, as a complete one. */
static void finish_line(struct console_source *s)
{
	if (shown != s) {
		end_shown_line();
		show_line(s);
		shown = s;
	}
	end_shown_line();
	console_line_clear(&s->line);
}

static void show_action(struct console_source *s, unsigned int action, char c)
{
	if (s != focus)
		return;
	if ((action & LINE_RETURN) != 0 && shown == s) {
		emit('\r');
		emit_string(s->prefix);
	}
	switch (action & LINE_ACTION) {
	case LINE_CHAR:
		if (shown != s)
			emit_string(s->prefix);
		shown = s;
		emit(c);
		break;
	case LINE_CONTROL:
		emit(c);
		break;
	case LINE_SEQUENCE:
		emit_bytes(s->line.sequence, s->line.sequence_length);
		break;
	default:
		break;
	}
}

static __attribute__((noinline)) void write_char(struct console_source *s, char c)
{
	unsigned int action = console_line_put(&s->line, c);

	if (action == LINE_FULL) {
		finish_line(s);
		action = console_line_put(&s->line, c);
	}
	if (action == LINE_END)
		finish_line(s);
	else
		show_action(s, action, c);
}

static void write_locked(struct console_source *s, const char *text, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++)
		write_char(s, text[i]);
	show_focus();
}

void console_write(struct console_source *source, const char *text, uint32_t bytes)
{
	console_lock();
	write_locked(source != NULL ? source : &messages, text, bytes);
	console_unlock();
}

void console_echo(const char *text, uint32_t bytes)
{
	console_write(&keyboard, text, bytes);
}

/* ---- focus --------------------------------------------------------------- */

/* dom0, the other domains, the hypervisor, dom0 … */
static struct console_source *next_source(const struct console_source *s)
{
	unsigned int i = s == &keyboard ? 0 : (unsigned int)(s - sources) + 1;

	for (; i < MAX_DOMAINS; i++)
		if (sources[i].domain != NULL)
			return &sources[i];
	return &keyboard;
}

static void set_focus(struct console_source *s)
{
	char text[100];
	int length;

	end_shown_line();
	focus = s;
	if (s->domain != NULL)
		length = hv_snprintf(
			text, sizeof(text),
			"console: input goes to %s (Ctrl-A three times: on)\n",
			s->domain->name);
	else
		length = hv_snprintf(text, sizeof(text),
				     "console: input goes to the "
				     "hypervisor; h lists its keys\n");
	write_locked(&messages, text, (uint32_t)length);
}

void console_leave_hypervisor(void)
{
	console_lock();
	set_focus(next_source(&keyboard));
	console_unlock();
}

/* ---- input --------------------------------------------------------------- */

static bool input_put(struct console_source *s, char c)
{
	if (s->input_in - s->input_out == INPUT_SIZE)
		return false; /* typed faster than it is read: lost, as in a UART */
	s->input[s->input_in++ % INPUT_SIZE] = c;
	return true;
}

static uint32_t input_get(struct console_source *s, char *to, uint32_t size)
{
	uint32_t count = 0;

	for (; count < size && s->input_in != s->input_out; count++)
		to[count] = s->input[s->input_out++ % INPUT_SIZE];
	return count;
}

/* Into the ring what has room there.  in_cons is the guest's: any value. */
static bool ring_feed(struct console_source *s)
{
	struct xencons_interface *ring = s->ring;
	uint32_t used = s->in_prod - *(volatile XENCONS_RING_IDX *)&ring->in_cons;
	bool fed = false;

	for (; used < sizeof(ring->in) && s->input_in != s->input_out; used++, fed = true)
		input_get(s, &ring->in[s->in_prod++ % sizeof(ring->in)], 1);
	smp_mb();
	ring->in_prod = s->in_prod;
	return fed;
}

/* What was typed at the relay, as far as there is room for it. */
static void relay_fetch(struct console_source *s)
{
	char c;

	while (s->input_in - s->input_out < INPUT_SIZE &&
	       console_relay_take(&s->relay, &c))
		input_put(s, c);
}

static void relay_write(struct console_source *s, const char *text, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++)
		console_relay_put(&s->relay, text[i]);
}

/* Around what may change the relay; not with the lock held. */
static void relay_begin(struct console_source *s)
{
	if (s->relay.ring != NULL)
		s->relay.attached = event_is_bound(s->domain, s->relay.port);
}

static void relay_end(struct console_source *s)
{
	if (s->relay.changed)
		event_send_from(s->domain, s->relay.port);
	s->relay.changed = false;
}

static void input_deliver(char c)
{
	struct domain *d = NULL;
	unsigned int port = 0;
	bool to_hypervisor;

	console_lock();
	to_hypervisor = focus == &keyboard;
	if (!to_hypervisor && input_put(focus, c)) {
		d = focus->domain;
		if (focus->ring_used && ring_feed(focus))
			port = focus->port;
	}
	console_unlock();

	if (to_hypervisor)
		keys_input(c);
	else if (port != 0)
		event_raise(d, port);
	else if (d != NULL && d->privileged)
		event_raise_global_virq(VIRQ_CONSOLE);
}

void console_rx(char c)
{
	if (c == CTRL_A && ++focus_keys < FOCUS_KEYS)
		return;
	if (c == CTRL_A) {
		focus_keys = 0;
		console_lock();
		set_focus(next_source(focus));
		console_unlock();
		return;
	}
	for (; focus_keys != 0; focus_keys--)
		input_deliver(CTRL_A);
	input_deliver(c);
}

long console_read(vaddr_t buffer, uint32_t size)
{
	struct console_source *s = current_domain()->console;
	char chunk[IO_CHUNK];
	uint32_t count;

	console_lock();
	relay_fetch(s);
	count = input_get(s, chunk, size < IO_CHUNK ? size : IO_CHUNK);
	console_unlock();
	relay_end(s);
	if (count != 0 && copy_to_guest(buffer, chunk, count) != 0)
		return -XEN_EFAULT;
	return (long)count;
}

/* ---- a domU's ring ------------------------------------------------------- */

/* Print what the guest has put there.  out_prod is the guest's: any value. */
static bool ring_drain(struct console_source *s)
{
	struct xencons_interface *ring = s->ring;
	uint32_t count = *(volatile XENCONS_RING_IDX *)&ring->out_prod - s->out_cons;
	bool drained = count != 0;

	smp_mb();
	if (count > sizeof(ring->out)) {
		s->out_cons += count; /* nonsense: start afresh where it points */
		count = 0;
	}
	for (; count != 0; count--) {
		char c = ring->out[s->out_cons++ % sizeof(ring->out)];

		write_char(s, c);
		console_relay_put(&s->relay, c);
	}
	show_focus();
	smp_mb();
	ring->out_cons = s->out_cons;
	return drained;
}

static void ring_notified(struct domain *d, unsigned int port)
{
	struct console_source *s = d->console;
	bool work;

	relay_begin(s);
	console_lock();
	s->ring_used = true;
	work = ring_drain(s);
	work |= ring_feed(s);
	relay_fetch(s); /* the domain has read: there may be room again */
	work |= ring_feed(s);
	console_unlock();
	if (work)
		event_raise(d, port);
	relay_end(s);
}

/*
 * A ring that the hypervisor shares with a domain or its daemon: page p of the domain,
 * emptied and mapped, and a port, bound by `bind` to `notify`.  The port or an error.
 */
static int share_ring(struct domain *d, paddr_t p,
		      int (*bind)(struct domain *d, domid_t remote, notify_fn notify),
		      notify_fn notify, struct xencons_interface **ring)
{
	maddr_t m;
	int port;

	if (!domain_ram_to_machine(d, p, PAGE_SIZE, &m))
		return -XEN_EINVAL;
	*ring = arch_map_shared(m, 1, false);
	if (*ring == NULL)
		return -XEN_ENOMEM;
	memset(*ring, 0, PAGE_SIZE);
	port = bind(d, 0, notify);
	if (port < 0)
		arch_unmap_shared(*ring, 1);
	return port;
}

int console_setup_ring(struct domain *d, paddr_t p)
{
	struct console_source *s = d->console;
	struct xencons_interface *ring;
	int port = share_ring(d, p, event_bind_hypervisor, ring_notified, &ring);

	if (port < 0)
		return port;
	s->ring = ring;
	s->port = (unsigned int)port;
	d->hvm_params[HVM_PARAM_CONSOLE_PFN] = p.p >> PAGE_SHIFT;
	d->hvm_params[HVM_PARAM_CONSOLE_EVTCHN] = (uint32_t)port;
	return 0;
}

/* Something was typed at the relay, or its output was read. */
static void relay_notified(struct domain *d, unsigned int port)
{
	struct console_source *s = d->console;
	bool fed = false;

	(void)port;
	console_lock();
	relay_fetch(s);
	if (s->ring_used)
		fed = ring_feed(s);
	console_unlock();
	if (fed)
		event_raise(d, s->port);
	relay_end(s);
}

int console_setup_relay(struct domain *d, paddr_t p)
{
	struct xencons_interface *ring;
	int port = share_ring(d, p, event_bind_relay, relay_notified, &ring);

	if (port < 0)
		return port;
	d->console->relay =
		(struct console_relay){.ring = ring, .port = (unsigned int)port};
	d->hvm_params[SIGMA_HVM_PARAM_RELAY_PFN] = p.p >> PAGE_SHIFT;
	d->hvm_params[SIGMA_HVM_PARAM_RELAY_EVTCHN] = (uint32_t)port;
	return 0;
}

/* ---- life of a source ---------------------------------------------------- */

void console_init(void)
{
	static const char prefix[] = "[sigma] ";

	memcpy(messages.prefix, prefix, sizeof(prefix));
	memcpy(keyboard.prefix, prefix, sizeof(prefix));
}

int console_create(struct domain *d)
{
	struct console_source *s = &sources[d->id];

	memset(s, 0, sizeof(*s));
	hv_snprintf(s->prefix, sizeof(s->prefix), "[%s] ", d->name);
	d->console = s;
	console_lock();
	s->domain = d;
	if (d->id == 0) {
		end_shown_line();
		focus = s;
	}
	console_unlock();
	return 0;
}

void console_destroy(struct domain *d)
{
	struct console_source *s = d->console;
	struct xencons_interface *ring = s->ring, *relay = s->relay.ring;

	console_lock();
	if (s->line.length != 0)
		finish_line(s);
	if (focus == s)
		set_focus(next_source(s));
	s->domain = NULL;
	s->ring = NULL;
	s->relay.ring = NULL;
	s->ring_used = false;
	show_focus();
	console_unlock();
	d->console = NULL;
	if (ring != NULL)
		arch_unmap_shared(ring, 1);
	if (relay != NULL)
		arch_unmap_shared(relay, 1);
}

/* ---- hypercall ----------------------------------------------------------- */

static long write_from_guest(vaddr_t text, uint32_t bytes)
{
	struct console_source *s = current_domain()->console;
	char chunk[IO_CHUNK];
	uint32_t size;

	long result = 0;

	if (bytes > IO_WRITE_MAX)
		return -XEN_E2BIG;
	relay_begin(s);
	for (; bytes != 0; bytes -= size, text = vaddr_add(text, size)) {
		size = bytes < IO_CHUNK ? bytes : IO_CHUNK;
		result = copy_from_guest(chunk, text, size);
		if (result != 0)
			break;
		console_write(s, chunk, size);
		relay_write(s, chunk, size);
	}
	relay_end(s);
	return result;
}

/* a0 = CONSOLEIO_*, a1 = bytes, a2 = virtual address */
long do_console_io(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4)
{
	(void)a3;
	(void)a4;
	switch (a0) {
	case CONSOLEIO_write:
		return write_from_guest(vaddr(a2), a1);
	case CONSOLEIO_read:
		return console_read(vaddr(a2), a1);
	default:
		return -XEN_ENOSYS;
	}
}
