/* SPDX-License-Identifier: MIT */
/* xenstore over the domain's ring: a small client, and an unbearable one. */
#include "badfront.h"

#define ANSWER_MS 20000 /* a loaded machine may be slow */

static volatile struct xenstore_domain_interface *ring;
static unsigned int port;
static uint32_t request_id;

/* ---- the client ------------------------------------------------------------ */

void xs_connect(void)
{
	char name[16];

	ring = (void *)(uintptr_t)(guest_hvm_param(HVM_PARAM_STORE_PFN) << 12);
	port = (unsigned int)guest_hvm_param(HVM_PARAM_STORE_EVTCHN);
	guest_check(ring && port, "this domain has no xenstore ring");
	event_take(port, wake);
	while (ring->connection != XENSTORE_CONNECTED)
		doze();
	/* the device's nodes may come after the domain is introduced */
	while (!xs_first("device/vbd", name, sizeof(name)))
		doze();
}

static bool put(const void *data, uint32_t bytes)
{
	const char *from = data;

	for (uint32_t i = 0; i < bytes; i++) {
		if (ring->req_prod - ring->req_cons == XENSTORE_RING_SIZE) {
			event_send(port);
			if (!wait_for(ANSWER_MS, ring->req_prod - ring->req_cons <
							 XENSTORE_RING_SIZE))
				return false;
		}
		ring->req[MASK_XENSTORE_IDX(ring->req_prod)] = from[i];
		__sync_synchronize();
		ring->req_prod++;
	}
	event_send(port);
	return true;
}

static bool get(void *data, uint32_t bytes)
{
	char *to = data;

	for (uint32_t i = 0; i < bytes; i++) {
		if (ring->rsp_prod == ring->rsp_cons) {
			event_send(port); /* there is room */
			if (!wait_for(ANSWER_MS, ring->rsp_prod != ring->rsp_cons))
				return false;
		}
		__sync_synchronize();
		to[i] = ring->rsp[MASK_XENSTORE_IDX(ring->rsp_cons)];
		__sync_synchronize();
		ring->rsp_cons++;
	}
	return true;
}

static long error_number(const char *name)
{
	static const struct {
		const char *name;
		long number;
	} errors[] = {{"EACCES", XEN_EACCES}, {"ENOENT", XEN_ENOENT},
		      {"ENOSPC", XEN_ENOSPC}, {"ENOSYS", XEN_ENOSYS},
		      {"E2BIG", XEN_E2BIG},   {"EAGAIN", XEN_EAGAIN}};

	for (unsigned int i = 0; i < ARRAY_SIZE(errors); i++)
		if (memcmp(name, errors[i].name, strlen(errors[i].name) + 1) == 0)
			return -errors[i].number;
	return -XEN_EINVAL;
}

/* The answer to request `id`; watch events and answers to others are passed over. */
static long answer_to(uint32_t id, char *answer, uint32_t size)
{
	static char payload[XENSTORE_PAYLOAD_MAX + 1];
	struct xsd_sockmsg head;

	do {
		if (!get(&head, sizeof(head)) || head.len > XENSTORE_PAYLOAD_MAX ||
		    !get(payload, head.len))
			return -XEN_ETIMEDOUT;
	} while (head.type == XS_WATCH_EVENT || head.req_id != id);
	payload[head.len] = 0;
	if (head.type == XS_ERROR)
		return error_number(payload);
	if (size) {
		memcpy(answer, payload, head.len < size ? head.len + 1 : size);
		answer[size - 1] = 0;
	}
	return (long)head.len;
}

long xs_request(uint32_t type, uint32_t transaction, const void *data, uint32_t bytes,
		char *answer, uint32_t size)
{
	struct xsd_sockmsg head = {
		.type = type, .req_id = ++request_id, .tx_id = transaction, .len = bytes};

	if (!put(&head, sizeof(head)) || !put(data, bytes))
		return -XEN_ETIMEDOUT;
	return answer_to(head.req_id, answer, size);
}

long xs_read(const char *path, char *value, uint32_t size)
{
	return xs_request(XS_READ, 0, path, strlen(path) + 1, value, size);
}

long xs_write(const char *path, const char *pattern, ...)
{
	char message[PATH_SIZE + VALUE_SIZE];
	uint32_t length = strlen(path) + 1;
	va_list args;

	memcpy(message, path, length);
	va_start(args, pattern);
	guest_vsnprintf(message + length, sizeof(message) - length, pattern, args);
	va_end(args);
	return xs_request(XS_WRITE, 0, message, length + strlen(message + length), NULL,
			  0);
}

long xs_remove(const char *path)
{
	return xs_request(XS_RM, 0, path, strlen(path) + 1, NULL, 0);
}

uint32_t xs_number(const char *pattern, ...)
{
	char path[PATH_SIZE], value[16];
	uint32_t number = 0;
	va_list args;

	va_start(args, pattern);
	guest_vsnprintf(path, sizeof(path), pattern, args);
	va_end(args);
	if (xs_read(path, value, sizeof(value)) < 0)
		return 0;
	for (const char *c = value; *c >= '0' && *c <= '9'; c++)
		number = number * 10 + (uint32_t)(*c - '0');
	return number;
}

bool xs_first(const char *path, char *name, uint32_t size)
{
	return xs_request(XS_DIRECTORY, 0, path, strlen(path) + 1, name, size) > 0 &&
	       name[0];
}

/* ---- attacks --------------------------------------------------------------------- */

/*
 * Each request's string has an end: the xenstored of Xen 4.17 ends itself by an
 * assertion when one has none (see CAVEATS.md).
 */
static void strange_requests(void)
{
	static const char path[] = "name", nonsense[] = "/local/\001\377//../domain/0/";
	uint32_t refused = 0;

	for (uint32_t type = 0; type < 60; type++) {
		if (type == XS_RESUME || type == XS_WATCH_EVENT)
			continue;
		refused += xs_request(type, 0, nonsense, sizeof(nonsense), NULL, 0) < 0;
		refused += xs_request(type, 0xdead, path, sizeof(path), NULL, 0) < 0;
	}
	guest_printf("xenstore: %u strange requests refused\n", refused);
	guest_check(refused > 90, "that is too few");
}

static void others_nodes(void)
{
	static const char *const paths[] = {"/local/domain/0/name",
					    "/tool/xenstored",
					    "/vm/x",
					    "/local/domain/1/device",
					    "/",
					    "@releaseDomain"};

	for (unsigned int i = 0; i < ARRAY_SIZE(paths); i++)
		guest_check(xs_write(paths[i], "mine") < 0, "%s can be written",
			    paths[i]);
	guest_printf("xenstore: the nodes of others refused\n");
}

/* Nodes, watches and transactions until xenstored says that it is enough. */
static void quotas(void)
{
	char path[PATH_SIZE], answer[16];
	uint32_t nodes, watches, transactions, length;
	long result = 0;

	for (nodes = 0; nodes < 5000 && result >= 0; nodes++) {
		format(path, sizeof(path), "data/flood/%u", nodes);
		result = xs_write(path, "x");
	}
	guest_check(result == -XEN_ENOSPC, "after %u nodes: %ld", nodes, result);
	for (watches = 0, result = 0; watches < 1000 && result >= 0; watches++) {
		format(path, sizeof(path), "data/%u", watches);
		length = strlen(path) + 1;
		memcpy(path + length, "t", 2);
		result = xs_request(XS_WATCH, 0, path, length + 2, NULL, 0);
	}
	guest_check(result < 0, "a thousand watches");
	for (transactions = 0, result = 0; transactions < 100 && result >= 0;
	     transactions++)
		result = xs_request(XS_TRANSACTION_START, 0, "", 1, answer,
				    sizeof(answer));
	guest_check(result < 0, "a hundred transactions at a time");
	guest_check(xs_request(XS_RESET_WATCHES, 0, "", 1, NULL, 0) >= 0,
		    "watches and transactions cannot be reset");
	guest_check(xs_remove("data/flood") >= 0, "the flood of nodes stays");
	guest_printf("xenstore: stopped at %u nodes, %u watches, %u transactions\n",
		     nodes, watches, transactions);
}

/* Requests as fast as they go, whoever waits. */
static void flood(void)
{
	for (uint32_t i = 0; i < 2000; i++)
		guest_check(xs_read("name", NULL, 0) >= 0, "request %u is not served", i);
	guest_printf("xenstore: 2000 requests in a row\n");
}

void xenstore_attacks(void)
{
	strange_requests();
	others_nodes();
	quotas();
	flood();
}

void xenstore_break_ring(void)
{
	struct xsd_sockmsg head = {.type = XS_READ, .len = 0x7fffffff};

	put(&head, sizeof(head));
	event_send(port);
	for (unsigned int i = 0; i < 200; i++) {
		ring->req_prod = random_word();
		ring->req_cons = random_word();
		ring->rsp_prod = random_word();
		ring->rsp_cons = random_word();
		event_send(port);
	}
	guest_printf("xenstore: a message of 2 GiB and a ring of nonsense sent\n");
}
