/* SPDX-License-Identifier: MIT */
/* A network interface's frontend: wrong nodes, packets of nonsense. */
#include "badfront.h"

#define TX_REF     10
#define RX_REF     11
#define DATA_REF   12
#define ANSWER_MS  10000
#define RING_SLOTS 256
#define FRAME      60 /* bytes of a small packet */

static struct {
	union {
		struct netif_tx_sring ring;
		uint8_t page[PAGE_SIZE];
	} tx;
	union {
		struct netif_rx_sring ring;
		uint8_t page[PAGE_SIZE];
	} rx;
	uint8_t data[PAGE_SIZE];
} shared __attribute__((aligned(4096)));
static volatile struct netif_tx_sring *const tx = &shared.tx.ring;
static struct device card = {.kind = "vif", .connected = XenbusStateConnected};
static RING_IDX produced;

static void node(const char *name, const char *value, unsigned int number)
{
	char path[PATH_SIZE];

	format(path, sizeof(path), "%s/%s", card.front, name);
	if (value)
		xs_write(path, "%s", value);
	else
		xs_write(path, "%u", number);
}

static void write_nodes(void)
{
	memset(&shared, 0, sizeof(shared));
	tx->req_event = tx->rsp_event = 1;
	shared.rx.ring.req_event = shared.rx.ring.rsp_event = 1;
	memset(shared.data, 0xff, 6); /* to everybody, from nobody in particular */
	shared.data[6] = 2;
	produced = 0;
	grant_page(TX_REF, &shared.tx, 0);
	grant_page(RX_REF, &shared.rx, 0);
	grant_page(DATA_REF, shared.data, GTF_readonly);
	node("tx-ring-ref", NULL, TX_REF);
	node("rx-ring-ref", NULL, RX_REF);
	node("event-channel", NULL, (unsigned int)card.port);
	node("request-rx-copy", NULL, 1);
}

static void submit(uint32_t ref, uint32_t offset, uint32_t size, uint32_t flags)
{
	volatile struct netif_tx_request *request =
		&tx->ring[produced++ % RING_SLOTS].req;

	request->gref = ref;
	request->offset = (uint16_t)offset;
	request->size = (uint16_t)size;
	request->flags = (uint16_t)flags;
	request->id = (uint16_t)produced;
	__sync_synchronize();
	tx->req_prod = produced;
	event_send((unsigned int)card.port);
}

static bool answered(uint32_t ms)
{
	return wait_for(ms, tx->rsp_prod == produced);
}

static void serves(void)
{
	grant_page(DATA_REF, shared.data, GTF_readonly);
	submit(DATA_REF, 0, FRAME, 0);
	guest_check(answered(ANSWER_MS), "an honest packet is not taken");
}

/*
 * netback switches an interface off for good when what it gets cannot be a mistake:
 * the rest of the life of this one is then without a network.
 */
static bool request_survives(const char *what, uint32_t ref, uint32_t offset,
			     uint32_t size, uint32_t flags)
{
	bool alive;

	submit(ref, offset, size, flags);
	alive = answered(500);
	guest_printf("vif: %s: %s\n", what, alive ? "refused" : "switched off");
	return alive;
}

static void nodes(void)
{
	static const char *const wrong[][2] = {
		{"tx-ring-ref", "77"},        {"rx-ring-ref", "4294967295"},
		{"tx-ring-ref", "tx"},        {"event-channel", "1023"},
		{"event-channel", "nothing"},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++)
		device_refuses(&card, wrong[i][0], wrong[i][1]);
}

void net_attacks(void)
{
	card.nodes = write_nodes;
	if (!device_find(&card)) {
		guest_printf("vif: none here\n");
		return;
	}
	device_connect(&card);
	serves();
	nodes();
	device_connect(&card);
	serves();
	for (unsigned int i = 0; i < 50; i++) {
		grant_page(DATA_REF, shared.data, GTF_readonly);
		submit(DATA_REF, 0, FRAME, 0);
		grant_revoke(DATA_REF);
		guest_check(answered(ANSWER_MS), "no answer any more");
	}
	serves();
	if (request_survives("a reference not granted", 40, 0, FRAME, 0) &&
	    request_survives("5 bytes", DATA_REF, 0, 5, 0) &&
	    request_survives("beyond its page", DATA_REF, 4090, 100, 0) &&
	    request_survives("65535 bytes", DATA_REF, 0, 65535, 0) &&
	    request_survives("an endless chain", DATA_REF, 0, FRAME, NETTXF_more_data))
		request_survives("information of no kind", DATA_REF, 0, FRAME,
				 NETTXF_extra_info);
	for (unsigned int i = 0; i < sizeof(tx->ring[0]) * RING_SLOTS; i++)
		((volatile uint8_t *)tx->ring)[i] = (uint8_t)random_word();
	tx->req_prod = produced + 5000;
	tx->rsp_prod = random_word();
	event_send((unsigned int)card.port);
	wait_for(200, false);
	device_set_state(&card, XenbusStateClosing);
	device_set_state(&card, XenbusStateClosed);
	guest_check(wait_for(ANSWER_MS, !grant_in_use(TX_REF) && !grant_in_use(RX_REF)),
		    "the rings stay in use by dom0");
	guest_printf("vif: attacks over\n");
}
