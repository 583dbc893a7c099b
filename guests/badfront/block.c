/* SPDX-License-Identifier: MIT */
/* A disk's frontend: wrong nodes, wrong requests, grants taken back in the middle. */
#include "badfront.h"

#define RING_REF    8
#define DATA_REF    9
#define ANSWER_MS   10000
#define RING_SLOTS  32 /* of requests in a page */
#define NO_RESPONSE 1000

static struct {
	union {
		struct blkif_sring ring;
		uint8_t page[PAGE_SIZE];
	};
	uint8_t data[PAGE_SIZE];
} shared __attribute__((aligned(4096)));
static volatile struct blkif_sring *const ring = &shared.ring;
static struct device disk = {.kind = "vbd", .connected = XenbusStateInitialised};
static RING_IDX produced;
static uint64_t sectors;

static void write_nodes(void)
{
	char path[PATH_SIZE];

	memset(&shared, 0, sizeof(shared));
	ring->req_event = ring->rsp_event = 1;
	produced = 0;
	grant_page(RING_REF, &shared.ring, 0);
	grant_page(DATA_REF, shared.data, 0);
	format(path, sizeof(path), "%s/ring-ref", disk.front);
	xs_write(path, "%u", RING_REF);
	format(path, sizeof(path), "%s/event-channel", disk.front);
	xs_write(path, "%d", disk.port);
	format(path, sizeof(path), "%s/protocol", disk.front);
	xs_write(path, "%s", XEN_IO_PROTO_ABI_ARM);
	for (unsigned int i = 0; i < 2; i++) { /* left by an attack */
		format(path, sizeof(path), "%s/%s", disk.front,
		       i ? "ring-page-order" : "multi-queue-num-queues");
		xs_remove(path);
	}
}

/* An honest read of the first sector. */
static struct blkif_request honest(void)
{
	struct blkif_request request = {
		.operation = BLKIF_OP_READ, .nr_segments = 1, .id = 0x5157};

	request.seg[0].gref = DATA_REF;
	return request;
}

static void submit(const struct blkif_request *request)
{
	memcpy((void *)&ring->ring[produced++ % RING_SLOTS].req, request,
	       sizeof(*request));
	__sync_synchronize();
	ring->req_prod = produced;
	event_send((unsigned int)disk.port);
}

/* The status of the last request answered; NO_RESPONSE: none comes. */
static int response(uint32_t ms)
{
	if (!wait_for(ms, ring->rsp_prod == produced))
		return NO_RESPONSE;
	__sync_synchronize();
	return ring->ring[(produced - 1) % RING_SLOTS].rsp.status;
}

static void serves(void)
{
	struct blkif_request request = honest();
	int status;

	grant_page(DATA_REF, shared.data, 0);
	submit(&request);
	status = response(ANSWER_MS);
	guest_check(status == BLKIF_RSP_OKAY, "an honest request is answered %d", status);
}

/* ---- attacks -------------------------------------------------------------------- */

/*
 * From any state to any other, and to what is none.  Not to 0 or to a text: there the
 * backend takes the device away, as it may.
 */
static void states(void)
{
	char path[PATH_SIZE];

	format(path, sizeof(path), "%s/state", disk.front);
	for (unsigned int i = 0; i < 30; i++)
		xs_write(path, "%u", 1 + (unsigned int)(random_word() % 20));
	wait_for(4000, false); /* the backend follows, one by one */
	guest_printf("vbd: states in any order\n");
}

static void nodes(void)
{
	static const char *const wrong[][2] = {
		{"ring-ref", NULL},
		{"ring-ref", "77"}, /* not granted */
		{"ring-ref", "4294967295"},
		{"ring-ref", "99999999999999999999"},
		{"ring-ref", "-1"},
		{"ring-ref", "a ring of bright water"},
		{"event-channel", NULL},
		{"event-channel", "0"},
		{"event-channel", "1023"}, /* nobody's */
		{"event-channel", "4294967295"},
		{"event-channel", "%s%n"},
		{"protocol", "x86_97-abi"},
		{"ring-page-order", "31"},
		{"multi-queue-num-queues", "4000000000"},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++)
		device_refuses(&disk, wrong[i][0], wrong[i][1]);
	states();
	device_connect(&disk);
	serves();
}

/* One wrong request: it must fail, or go unanswered, and the next be served. */
static void request_fails(const char *what, const struct blkif_request *request)
{
	int status;

	submit(request);
	status = response(1000);
	guest_check(status != BLKIF_RSP_OKAY, "%s is served", what);
	guest_printf("vbd: %s: answered %d\n", what, status);
	if (status == NO_RESPONSE)
		device_connect(&disk);
	serves();
}

static void requests(void)
{
	struct blkif_request request;

#define WRONG(what, change)                    \
	do {                                   \
		request = honest();            \
		change;                        \
		request_fails(what, &request); \
	} while (0)
	WRONG("operation 119", request.operation = 119);
	WRONG("255 segments", request.nr_segments = 255);
	WRONG("no segment", request.nr_segments = 0);
	WRONG("segment from 7 to 3",
	      (request.seg[0].first_sect = 7, request.seg[0].last_sect = 3));
	WRONG("segment to 255", request.seg[0].last_sect = 255);
	WRONG("the sector behind the last", request.sector_number = sectors);
	WRONG("sector 2^64-1", request.sector_number = UINT64_MAX);
	WRONG("reference 4294967295", request.seg[0].gref = UINT32_MAX);
	WRONG("a reference not granted", request.seg[0].gref = 40);
	WRONG("indirect without pages",
	      (request.operation = BLKIF_OP_INDIRECT, request.nr_segments = 3));
#undef WRONG
}

static void frames(void)
{
	const uint32_t ram = guest_descriptor->ram_base / PAGE_SIZE;
	const uint32_t wrong[] = {ram, /* sigma' */
				  ram + guest_descriptor->ram_size / PAGE_SIZE,
				  ram + 0x8000, /* somebody else's machine memory */
				  ram - 1,
				  SIGMA_WINDOW_BASE / PAGE_SIZE,
				  0xffffffff};
	struct blkif_request request = honest();
	int status;

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		grant(DATA_REF, wrong[i], 0);
		submit(&request);
		status = response(1000);
		guest_check(status != BLKIF_RSP_OKAY, "frame %x is served", wrong[i]);
	}
	grant_page(DATA_REF, shared.data, GTF_readonly);
	submit(&request); /* a read writes to the page */
	guest_check(response(1000) != BLKIF_RSP_OKAY, "a read-only page is written to");
	guest_printf("vbd: frames that are not ours, and a read-only one, refused\n");
	serves();
}

static void revoked(void)
{
	struct blkif_request request = honest();

	for (unsigned int i = 0; i < 100; i++) {
		grant_page(DATA_REF, shared.data, 0);
		submit(&request);
		for (unsigned int spins = random_word() % 2000; spins; spins--)
			__asm__ volatile("");
		grant_revoke(DATA_REF);
		guest_check(response(ANSWER_MS) != NO_RESPONSE, "no answer any more");
	}
	/* the ring's own page, which stays mapped all the time */
	grant_revoke(RING_REF);
	serves();
	device_connect(&disk);
	serves();
	guest_printf("vbd: grants revoked in the middle of requests\n");
}

static void indices(void)
{
	static const RING_IDX ahead[] = {33, 1000, 0x7fffffff, 0x80000000, 0xffffffff};

	for (unsigned int i = 0; i < ARRAY_SIZE(ahead); i++) {
		for (unsigned int byte = 0; byte < sizeof(ring->ring[0]) * RING_SLOTS;
		     byte++)
			((uint8_t *)ring->ring)[byte] = (uint8_t)random_word();
		ring->req_prod = produced + ahead[i];
		ring->rsp_prod = random_word();
		event_send((unsigned int)disk.port);
		wait_for(100, false);
		device_connect(&disk);
		serves();
	}
	guest_printf("vbd: rings of nonsense given up, a new one served each time\n");
}

void block_attacks(void)
{
	disk.nodes = write_nodes;
	guest_check(device_find(&disk), "this domain has no disk");
	device_connect(&disk);
	serves();
	sectors = xs_number("%s/sectors", disk.back);
	guest_check(sectors > 8, "the disk has %u sectors", (unsigned int)sectors);
	nodes();
	requests();
	frames();
	revoked();
	indices();
	device_set_state(&disk, XenbusStateClosing);
	device_set_state(&disk, XenbusStateClosed);
	guest_check(wait_for(ANSWER_MS, !grant_in_use(RING_REF)),
		    "the ring stays in use by dom0");
	guest_printf("vbd: attacks over\n");
}
