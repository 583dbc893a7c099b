/* SPDX-License-Identifier: MIT */
/* The guest ABI, checked from inside.  Run one in each domain for test_context. */
#include "guest.h"
#include "selftest.h"

void guest_main(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {
		{"entry", test_entry},   {"descriptor", test_descriptor},
		{"sigma'", test_sigma},  {"hypercalls", test_calls},
		{"virqs", test_virqs},   {"timer", test_timer},
		{"events", test_events}, {"context", test_context},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(parts); i++) {
		parts[i].run();
		guest_printf("ok %u - %s\n", i + 1, parts[i].name);
	}
	guest_pass();
}
