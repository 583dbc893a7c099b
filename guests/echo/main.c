/* SPDX-License-Identifier: MIT */
/* Console input: repeats each line that is typed; "end" ends it. */
#include "guest.h"

static volatile bool input;

static void wake(void)
{
	input = true;
}

static bool is_end(const char *line, size_t length)
{
	return length == 3 && memcmp(line, "end", 3) == 0;
}

void guest_main(void)
{
	char line[64];
	size_t used = 0;

	console_input_setup(wake);
	guest_printf("echo of domain %u is listening\n", guest_descriptor->domain_id);
	for (;;) {
		int c = console_getc();

		if (c < 0) {
			guest_wait_until(input);
			input = false;
		} else if (c == '\r' || c == '\n') {
			line[used] = 0;
			guest_printf("domain %u heard: %s\n", guest_descriptor->domain_id,
				     line);
			if (is_end(line, used))
				return;
			used = 0;
		} else if (used < sizeof(line) - 2) {
			if (c < ' ')
				line[used++] = '^'; /* Ctrl-A is shown as ^A */
			line[used++] = (char)(c < ' ' ? c + '@' : c);
		}
	}
}
