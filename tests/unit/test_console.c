// SPDX-License-Identifier: GPL-2.0-only
/* The console: what appears on the serial port, and where input goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/console.h>
#include <hv/console_line.h>
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/keys.h>
#include <hv/printk.h>
#include <arch/console.h>
#include <arch/memory.h>

/* ---- a serial port and the rest of the hypervisor ------------------------- */

static char screen[65536];
static size_t screen_length;
static size_t port_room;     /* characters the port takes before it is full */
static size_t port_refusals; /* then it frees one after so many refusals */
static bool tx_interrupt;

static struct domain dom0 = {.id = 0, .name = "dom0", .privileged = true};
static struct domain dom1 = {.id = 1, .name = "domU"};
static struct domain *caller = &dom0;

static unsigned int raised_virq;
static char keys_typed[64];
static bool guest_faults;

bool arch_console_put(char c)
{
	if (port_room == 0) {
		if (++port_refusals < 100)
			return false;
		port_refusals = 0; /* the port is slow, but it transmits */
		port_room = 1;
	}
	port_room--;
	assert_true(screen_length < sizeof(screen) - 1);
	screen[screen_length++] = c;
	return true;
}

void arch_console_tx_interrupt(bool on)
{
	tx_interrupt = on;
}

struct percpu *this_cpu(void)
{
	static struct vcpu v;
	static struct percpu cpu = {.current = &v};

	v.domain = caller;
	return &cpu;
}

/* Rings and events of domUs are test_console_ring.c's. */
#define UNUSED(declaration)                         \
	declaration                                 \
	{                                           \
		fail_msg("%s is called", __func__); \
		abort();                            \
	}
UNUSED(void *arch_map_shared(maddr_t, unsigned int, bool))
UNUSED(void arch_unmap_shared(void *, unsigned int))
UNUSED(bool domain_ram_to_machine(const struct domain *, paddr_t, uint32_t, maddr_t *))
UNUSED(int event_bind_hypervisor(struct domain *, domid_t,
				 void (*)(struct domain *, unsigned int)))
UNUSED(int event_bind_relay(struct domain *, domid_t,
			    void (*)(struct domain *, unsigned int)))
UNUSED(void event_raise(struct domain *, unsigned int))
UNUSED(void event_send_from(struct domain *, unsigned int))
UNUSED(bool event_is_bound(const struct domain *, unsigned int))

void event_raise_global_virq(unsigned int virq)
{
	raised_virq = virq;
}

void keys_input(char c)
{
	size_t length = strlen(keys_typed);

	assert_true(length < sizeof(keys_typed) - 1);
	keys_typed[length] = c;
}

int copy_from_guest(void *to, vaddr_t from, uint32_t bytes)
{
	static const char text[] = "0123456789abcdef";

	for (uint32_t i = 0; i < bytes; i++)
		((char *)to)[i] = text[(from.v + i) % 16];
	return guest_faults ? -XEN_EFAULT : 0;
}

static char guest_buffer[4096];

int copy_to_guest(vaddr_t to, const void *from, uint32_t bytes)
{
	if (guest_faults)
		return -XEN_EFAULT;
	memcpy(guest_buffer + to.v, from, bytes);
	return 0;
}

/* ---- helpers --------------------------------------------------------------- */

static void write_text(struct domain *d, const char *text)
{
	console_write(d != NULL ? d->console : NULL, text, (uint32_t)strlen(text));
}

static void type(const char *text)
{
	for (; *text != '\0'; text++)
		console_rx(*text);
}

/* All that was printed since the last call. */
#define assert_screen(text)                        \
	do {                                       \
		screen[screen_length] = '\0';      \
		assert_string_equal(screen, text); \
		screen_length = 0;                 \
	} while (0)

static int setup(void **state)
{
	(void)state;
	memset(screen, 0, sizeof(screen));
	memset(keys_typed, 0, sizeof(keys_typed));
	memset(guest_buffer, 0, sizeof(guest_buffer));
	screen_length = 0;
	port_room = SIZE_MAX;
	tx_interrupt = false;
	guest_faults = false;
	raised_virq = 0;
	caller = &dom0;
	console_init();
	console_create(&dom0);
	console_create(&dom1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	port_room = SIZE_MAX;
	console_destroy(&dom1);
	console_destroy(&dom0);
	console_flush();
	return 0;
}

/* ---- output ------------------------------------------------------------------ */

static void lines_carry_the_prefix_of_their_source(void **state)
{
	(void)state;
	write_text(NULL, "hello\n");
	write_text(&dom0, "one\ntwo\r\n");
	write_text(&dom1, "three\n");
	assert_screen("[sigma] hello\r\n[dom0] one\r\n[dom0] two\r\n[domU] three\r\n");
}

static void empty_line_keeps_its_prefix(void **state)
{
	(void)state;
	write_text(&dom0, "\n");
	write_text(&dom1, "\n");
	assert_screen("[dom0] \r\n[domU] \r\n");
}

static void unfinished_line_shows_only_with_focus(void **state)
{
	(void)state;
	write_text(&dom1, "log");
	assert_screen("");
	write_text(&dom0, "dom0# ");
	assert_screen("[dom0] dom0# ");
	write_text(&dom1, "in\n");
	assert_screen("\r\n[domU] login\r\n[dom0] dom0# ");
	write_text(&dom0, "ls\n");
	assert_screen("ls\r\n");
}

static void many_lines_show_the_prompt_again_once(void **state)
{
	(void)state;
	write_text(&dom0, "dom0# ");
	write_text(&dom1, "a\nb\nc\n");
	assert_screen(
		"[dom0] dom0# \r\n[domU] a\r\n[domU] b\r\n[domU] c\r\n[dom0] dom0# ");
}

static void own_messages_do_not_split_the_prompt(void **state)
{
	(void)state;
	write_text(&dom0, "dom0# l");
	printk("number %d", 5);
	assert_screen("[dom0] dom0# l\r\n[sigma] number 5\r\n[dom0] dom0# l");
}

static void carriage_return_writes_over_the_line(void **state)
{
	(void)state;
	write_text(&dom0, "10 %\r20 %\rdone\r\n");
	assert_screen("[dom0] 10 %\r[dom0] 20 %\r[dom0] done\r\n");
	write_text(&dom1, "10 %\r20");
	write_text(&dom1, " %\r\n");
	assert_screen("[domU] 20 %\r\n");
	write_text(&dom1, "abcdef\rxy\n");
	assert_screen("[domU] xycdef\r\n");
}

static void edited_line_is_shown_again_as_it_stands(void **state)
{
	(void)state;
	/* "lsx", erased one, cursor back over the s */
	write_text(&dom0, "# lsx\b\033[J\b");
	assert_screen("[dom0] # lsx\b\033[J\b");
	write_text(&dom1, "noise\n");
	assert_screen("\r\n[domU] noise\r\n[dom0] # ls\b");
	write_text(&dom0, "\033[C -l\033[3D");
	screen_length = 0;
	write_text(&dom1, "noise\n");
	assert_screen("\r\n[domU] noise\r\n[dom0] # ls -l\b\b\b");
	write_text(&dom0, "\033[K\n");
	assert_screen("\033[K\r\n");
}

static void backspace_stays_out_of_the_prefix(void **state)
{
	(void)state;
	write_text(&dom0, "a\b\b\bb\n");
	assert_screen("[dom0] a\bb\r\n");
}

static void sequence_is_not_torn_apart(void **state)
{
	(void)state;
	write_text(&dom0, "x\033[1;3");
	write_text(&dom1, "noise\n");
	write_text(&dom0, "1mred");
	assert_screen("[dom0] x\r\n[domU] noise\r\n[dom0] x\033[1;31mred");
}

static void sequence_before_the_prompt_comes_before_the_prefix(void **state)
{
	(void)state;
	write_text(&dom0, "\033[?2004hdom0# \033[6n");
	assert_screen("\033[?2004h[dom0] dom0# \033[6n");
}

static void only_the_focus_controls_the_terminal(void **state)
{
	(void)state;
	write_text(&dom1, "\033[2J\033c\a\001plain\033[31m text\033\n");
	assert_screen("[domU] plain text\r\n");
	write_text(&dom0, "\a");
	assert_screen("\a");
}

static void endless_sequence_is_given_up(void **state)
{
	(void)state;
	write_text(&dom0, "\033[11111111111111111111");
	assert_screen("\033[11111111111111[dom0] 111111");
}

static void long_line_is_split(void **state)
{
	char text[CONSOLE_LINE_SIZE + 20];
	char expected[CONSOLE_LINE_SIZE + 60];
	struct domain *const both[] = {&dom0, &dom1};

	(void)state;
	memset(text, 'x', CONSOLE_LINE_SIZE + 3);
	text[CONSOLE_LINE_SIZE + 3] = '\n';
	text[CONSOLE_LINE_SIZE + 4] = '\0';
	for (unsigned int i = 0; i < 2; i++) {
		hv_snprintf(expected, sizeof(expected), "[%s] %.*s\r\n[%s] xxx\r\n",
			    both[i]->name, CONSOLE_LINE_SIZE, text, both[i]->name);
		write_text(both[i], text);
		assert_screen(expected);
	}
}

static void message_is_a_whole_line(void **state)
{
	(void)state;
	printk("with end\n");
	printk("without");
	printk("%s", "");
	assert_screen("[sigma] with end\r\n[sigma] without\r\n[sigma] \r\n");
}

static void too_long_message_keeps_its_end_of_line(void **state)
{
	char text[1000];

	(void)state;
	memset(text, 'm', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	printk("%s", text);
	assert_int_equal(screen[screen_length - 1], '\n');
	assert_true(screen_length < 300);
}

/* ---- transmission ------------------------------------------------------------- */

static void full_port_is_waited_for_by_interrupt(void **state)
{
	(void)state;
	port_room = 3;
	write_text(&dom0, "abc\n");
	assert_true(tx_interrupt);
	assert_int_equal(screen_length, 3);
	port_room = 5;
	console_tx_ready();
	assert_int_equal(screen_length, 8);
	assert_true(tx_interrupt);
	port_room = SIZE_MAX;
	console_tx_ready();
	assert_false(tx_interrupt);
	assert_screen("[dom0] abc\r\n");
}

static void nothing_is_dropped_when_the_queue_is_full(void **state)
{
	size_t lines = 0;

	(void)state;
	port_room = 0;
	for (unsigned int i = 0; i < 1500; i++)
		write_text(&dom1, "eight by\n");
	assert_true(screen_length > 0); /* polled */
	console_flush();
	assert_false(tx_interrupt);
	assert_int_equal(screen_length, 1500 * strlen("[domU] eight by\r\n"));
	for (size_t at = 0; at < screen_length;
	     at += strlen("[domU] eight by\r\n"), lines++)
		assert_memory_equal(screen + at, "[domU] eight by\r\n", 17);
	assert_int_equal(lines, 1500);
}

/* ---- focus and input ----------------------------------------------------------- */

static void three_ctrl_a_move_the_focus_round(void **state)
{
	(void)state;
	type("\001\001\001");
	assert_screen("[sigma] console: input goes to domU (Ctrl-A three times: on)\r\n");
	type("\001\001\001");
	assert_screen(
		"[sigma] console: input goes to the hypervisor; h lists its keys\r\n");
	type("hd");
	assert_string_equal(keys_typed, "hd");
	type("\001\001\001");
	assert_screen("[sigma] console: input goes to dom0 (Ctrl-A three times: on)\r\n");
	assert_int_equal(raised_virq, 0);
}

static void new_focus_shows_its_unfinished_line(void **state)
{
	(void)state;
	write_text(&dom0, "dom0# ");
	write_text(&dom1, "domU# ");
	type("\001\001\001");
	assert_screen(
		"[dom0] dom0# \r\n[sigma] console: input goes to domU (Ctrl-A three "
		"times: on)\r\n[domU] domU# ");
	write_text(&dom0, "x\n");
	assert_screen("\r\n[dom0] dom0# x\r\n[domU] domU# ");
}

static void fewer_ctrl_a_are_passed_on(void **state)
{
	(void)state;
	type("\001x\001\001y");
	assert_int_equal(console_read(vaddr(0), 100), 5);
	assert_memory_equal(guest_buffer, "\001x\001\001y", 5);
	assert_screen("");
}

static void dom0_reads_what_was_typed(void **state)
{
	(void)state;
	type("ls\r");
	assert_int_equal(raised_virq, VIRQ_CONSOLE);
	assert_int_equal(do_console_io(CONSOLEIO_read, 2, 10, 0, 0), 2);
	assert_int_equal(do_console_io(CONSOLEIO_read, 100, 12, 0, 0), 1);
	assert_memory_equal(guest_buffer + 10, "ls\r", 3);
	assert_int_equal(do_console_io(CONSOLEIO_read, 100, 0, 0, 0), 0);
}

static void unread_input_is_limited_and_in_order(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 1000; i++)
		console_rx((char)('a' + i % 26));
	for (unsigned int at = 0; at < 512; at += 128)
		assert_int_equal(console_read(vaddr(at), 4096), 128);
	assert_int_equal(console_read(vaddr(0), 4096), 0);
	for (unsigned int i = 0; i < 512; i++)
		assert_int_equal(guest_buffer[i], 'a' + i % 26);
}

static void input_is_for_the_focus_alone(void **state)
{
	(void)state;
	type("\001\001\001secret");
	assert_int_equal(raised_virq, 0); /* only dom0 is told this way */
	assert_int_equal(console_read(vaddr(0), 100), 0);
	caller = &dom1;
	assert_int_equal(console_read(vaddr(0), 100), 6);
}

static void domain_that_goes_loses_the_focus(void **state)
{
	(void)state;
	type("\001\001\001");
	write_text(&dom1, "last words");
	screen_length = 0;
	console_destroy(&dom1);
	assert_screen(
		"\r\n[sigma] console: input goes to the hypervisor; h lists its keys\r\n");
	console_leave_hypervisor();
	assert_screen("[sigma] console: input goes to dom0 (Ctrl-A three times: on)\r\n");
	type("\001\001\001");
	assert_screen(
		"[sigma] console: input goes to the hypervisor; h lists its keys\r\n");
	console_create(&dom1);
}

static void unfinished_line_of_a_domain_that_goes_is_printed(void **state)
{
	(void)state;
	write_text(&dom1, "last words");
	console_destroy(&dom1);
	assert_screen("[domU] last words\r\n");
	console_create(&dom1);
}

static void echo_of_the_keys_is_a_line_of_its_own(void **state)
{
	(void)state;
	type("\001\001\001\001\001\001");
	screen_length = 0;
	console_echo("walk: ", 6);
	printk("other");
	console_echo("c0\n", 3);
	assert_screen("[sigma] walk: \r\n[sigma] other\r\n[sigma] walk: c0\r\n");
}

/* ---- hypercall ------------------------------------------------------------------ */

static void console_io_writes_for_any_domain(void **state)
{
	(void)state;
	caller = &dom1;
	assert_int_equal(do_console_io(CONSOLEIO_write, 16, 0, 0, 0), 0);
	write_text(&dom1, "\n");
	assert_screen("[domU] 0123456789abcdef\r\n");
	assert_int_equal(do_console_io(CONSOLEIO_write, 200, 0, 0, 0), 0);
	write_text(&dom1, "\n");
	assert_int_equal(screen_length, 7 + 200 + 2);
	assert_int_equal(do_console_io(CONSOLEIO_write, 0, 0xffffffff, 0, 0), 0);
}

static void console_io_refuses_bad_arguments(void **state)
{
	(void)state;
	assert_int_equal(do_console_io(2, 1, 0, 0, 0), -XEN_ENOSYS);
	assert_int_equal(do_console_io(0xffffffff, 1, 0, 0, 0), -XEN_ENOSYS);
	assert_int_equal(do_console_io(CONSOLEIO_write, 4097, 0, 0, 0), -XEN_E2BIG);
	assert_int_equal(do_console_io(CONSOLEIO_write, 0xffffffff, 0, 0, 0), -XEN_E2BIG);
	guest_faults = true;
	assert_int_equal(do_console_io(CONSOLEIO_write, 10, 0, 0, 0), -XEN_EFAULT);
	type("x");
	assert_int_equal(do_console_io(CONSOLEIO_read, 10, 0, 0, 0), -XEN_EFAULT);
	assert_screen("");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(lines_carry_the_prefix_of_their_source),
		TEST(empty_line_keeps_its_prefix),
		TEST(unfinished_line_shows_only_with_focus),
		TEST(many_lines_show_the_prompt_again_once),
		TEST(own_messages_do_not_split_the_prompt),
		TEST(carriage_return_writes_over_the_line),
		TEST(edited_line_is_shown_again_as_it_stands),
		TEST(backspace_stays_out_of_the_prefix),
		TEST(sequence_is_not_torn_apart),
		TEST(sequence_before_the_prompt_comes_before_the_prefix),
		TEST(only_the_focus_controls_the_terminal),
		TEST(endless_sequence_is_given_up),
		TEST(long_line_is_split),
		TEST(message_is_a_whole_line),
		TEST(too_long_message_keeps_its_end_of_line),
		TEST(full_port_is_waited_for_by_interrupt),
		TEST(nothing_is_dropped_when_the_queue_is_full),
		TEST(three_ctrl_a_move_the_focus_round),
		TEST(new_focus_shows_its_unfinished_line),
		TEST(fewer_ctrl_a_are_passed_on),
		TEST(dom0_reads_what_was_typed),
		TEST(unread_input_is_limited_and_in_order),
		TEST(input_is_for_the_focus_alone),
		TEST(domain_that_goes_loses_the_focus),
		TEST(unfinished_line_of_a_domain_that_goes_is_printed),
		TEST(echo_of_the_keys_is_a_line_of_its_own),
		TEST(console_io_writes_for_any_domain),
		TEST(console_io_refuses_bad_arguments),
	};

	return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
