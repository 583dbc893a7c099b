/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU plugin: counts guest instructions between two points, exactly.
 *
 * A point is a marker, "m1": the no-op orr r1,r1,r1 (any of r0-r12) somewhere in
 * the guest; or an address, "0xff000020": the instruction there.  A window counts
 * from its start point, included, to its end point, not included, split by the
 * region that each instruction's virtual address lies in.  Marker 0 begins a new
 * phase, so that one set of windows serves many measurements.
 *
 * Arguments (-plugin file=insn_count.so,ARG,...), all but out may be repeated:
 *	out=FILE			results; text, see below
 *	region=NAME:LOW:HIGH		virtual addresses, whole MiB; at most 4
 *	window=NAME:START:END		START may be "reset"; at most 16
 *
 * Results, one line each:
 *	regions other NAME...
 *	window NAME PHASE TOTAL OTHER REGION...		each time a window ends
 *	phase PHASE TOTAL OTHER REGION...		since reset, at each marker 0
 *	exit PHASE TOTAL OTHER REGION...		when QEMU ends
 *
 * Debian's QEMU loads plugins but packages no header for them; what is used of
 * the interface (version 1, QEMU's documentation "TCG Plugins") is declared here.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef struct qemu_info_t qemu_info_t;
typedef void (*tb_callback)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*insn_callback)(unsigned int vcpu, void *data);
typedef void (*exit_callback)(qemu_plugin_id_t, void *data);

enum { NO_REGISTERS = 0, INLINE_ADD = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, tb_callback);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, exit_callback, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, insn_callback,
					    int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, int op,
						void *counter, uint64_t add);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *,
						 size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t, const qemu_info_t *, int argc,
			       char **argv);

#define REGIONS_MAX 5 /* 0: whatever lies in no other */
#define WINDOWS_MAX 16
#define POINTS_MAX  (2 * WINDOWS_MAX + 1)
#define MIB_SHIFT   20
#define MIBS        4096
#define PHASE_MARK  0 /* index of the point "m0" */

struct point {
	bool is_marker;
	uint32_t value; /* marker's register or address */
};

struct counts {
	uint64_t region[REGIONS_MAX];
};

struct window {
	const char *name;
	unsigned int start, end; /* indices of points; START_RESET */
	bool open;
	struct counts at_start;
};

#define START_RESET POINTS_MAX

static FILE *out;
static struct counts now;
static uint8_t region_of[MIBS];
static const char *region_name[REGIONS_MAX] = {"other"};
static unsigned int region_count = 1;
static struct window windows[WINDOWS_MAX];
static unsigned int window_count;
static struct point points[POINTS_MAX] = {[PHASE_MARK] = {.is_marker = true, .value = 0}};
static unsigned int point_count = 1;
static unsigned int phase;

static void print_counts(const char *what, const char *name, const struct counts *from)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < region_count; i++)
		total += now.region[i] - from->region[i];
	fprintf(out, "%s%s%s %u %" PRIu64, what, *name ? " " : "", name, phase, total);
	for (unsigned int i = 0; i < region_count; i++)
		fprintf(out, " %" PRIu64, now.region[i] - from->region[i]);
	fputc('\n', out);
}

/* A point is about to execute; data is its index.  End before start, so that one
 * point can do both. */
static void at_point(unsigned int vcpu, void *data)
{
	static const struct counts zero;
	unsigned int point = (unsigned int)(uintptr_t)data;

	(void)vcpu;
	for (struct window *w = windows; w < windows + window_count; w++) {
		if (w->open && w->end == point) {
			print_counts("window", w->name, &w->at_start);
			w->open = false;
		}
		if (w->start == point) {
			w->at_start = now;
			w->open = true;
		}
	}
	if (point == PHASE_MARK) {
		print_counts("phase", "", &zero);
		phase++;
		fflush(out);
	}
}

/* Register number of a marker, or -1. */
static int marker(uint32_t opcode)
{
	uint32_t rn = opcode >> 16 & 15, rd = opcode >> 12 & 15, rm = opcode & 15;

	if ((opcode & 0xfff00ff0) != 0xe1800000 || rn != rd || rd != rm || rn > 12)
		return -1;
	return (int)rn;
}

static void at_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t address = (uint32_t)qemu_plugin_insn_vaddr(insn), opcode = 0;
		int mark = -1;

		if (qemu_plugin_insn_size(insn) == sizeof(opcode)) {
			memcpy(&opcode, qemu_plugin_insn_data(insn), sizeof(opcode));
			mark = marker(opcode);
		}
		for (unsigned int p = 0; p < point_count; p++)
			if (points[p].is_marker ? mark == (int)points[p].value
						: address == points[p].value)
				qemu_plugin_register_vcpu_insn_exec_cb(
					insn, at_point, NO_REGISTERS,
					(void *)(uintptr_t)p);
		/* QEMU runs the callbacks of an instruction before its inline operation. */
		qemu_plugin_register_vcpu_insn_exec_inline(
			insn, INLINE_ADD, &now.region[region_of[address >> MIB_SHIFT]],
			1);
	}
}

static void at_exit(qemu_plugin_id_t id, void *data)
{
	static const struct counts zero;

	(void)id;
	(void)data;
	print_counts("exit", "", &zero);
	fclose(out);
}

static bool add_region(char *text)
{
	char *low = strchr(text, ':'), *high = low ? strchr(low + 1, ':') : NULL;

	if (!high || region_count == REGIONS_MAX)
		return false;
	*low++ = 0;
	*high++ = 0;
	region_name[region_count] = text;
	for (uint64_t a = strtoull(low, NULL, 0); a < strtoull(high, NULL, 0);
	     a += 1 << MIB_SHIFT)
		region_of[a >> MIB_SHIFT & (MIBS - 1)] = (uint8_t)region_count;
	region_count++;
	return true;
}

static unsigned int point_index(const char *text)
{
	struct point wanted = {.is_marker = *text == 'm'};

	if (!strcmp(text, "reset"))
		return START_RESET;
	wanted.value = (uint32_t)strtoul(wanted.is_marker ? text + 1 : text, NULL, 0);
	for (unsigned int i = 0; i < point_count; i++)
		if (points[i].is_marker == wanted.is_marker &&
		    points[i].value == wanted.value)
			return i;
	points[point_count] = wanted;
	return point_count++;
}

static bool add_window(char *text)
{
	char *start = strchr(text, ':'), *end = start ? strchr(start + 1, ':') : NULL;
	struct window *w = &windows[window_count];

	if (!end || window_count == WINDOWS_MAX)
		return false;
	*start++ = 0;
	*end++ = 0;
	w->name = text;
	w->start = point_index(start);
	w->end = point_index(end);
	w->open = w->start == START_RESET;
	window_count++;
	return true;
}

static bool add_argument(char *text)
{
	char *value = strchr(text, '=');

	if (!value)
		return false;
	*value++ = 0;
	value = strdup(value); /* QEMU frees the arguments */
	if (!strcmp(text, "out"))
		return (out = fopen(value, "w")) != NULL;
	if (!strcmp(text, "region"))
		return add_region(value);
	if (!strcmp(text, "window"))
		return add_window(value);
	return false;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			       char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (!add_argument(argv[i])) {
			fprintf(stderr, "insn_count: bad argument '%s'\n", argv[i]);
			return -1;
		}
	}
	if (!out) {
		fprintf(stderr, "insn_count: out=FILE is missing\n");
		return -1;
	}
	fprintf(out, "regions");
	for (unsigned int i = 0; i < region_count; i++)
		fprintf(out, " %s", region_name[i]);
	fputc('\n', out);
	qemu_plugin_register_vcpu_tb_trans_cb(id, at_translation);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
