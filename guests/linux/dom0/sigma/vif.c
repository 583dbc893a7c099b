// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "device.h"
#include "vif.h"

#define BRIDGE_DEFAULT "xenbr0"
#define POLL_MS        5

static bool mac_is_valid(const char *mac)
{
	unsigned int byte[6], end = 0;

	return strlen(mac) == 17 &&
	       sscanf(mac, "%2x:%2x:%2x:%2x:%2x:%2x%n", byte, byte + 1, byte + 2,
		      byte + 3, byte + 4, byte + 5, &end) == 6 &&
	       end == 17 && (byte[0] & 1) == 0;
}

static bool parse_word(char *word, struct vif *vif, const char *where)
{
	char *value = strchr(word, '=');

	if (value != NULL)
		*value++ = '\0';
	if (value != NULL && strcmp(word, "bridge") == 0) {
		if (strlen(value) >= IFNAMSIZ || value[0] == '\0')
			return complain("%s: vif: \"%s\" is no name of a bridge", where,
					value);
		snprintf(vif->bridge, sizeof(vif->bridge), "%s", value);
		return true;
	}
	if (value != NULL && strcmp(word, "mac") == 0) {
		if (!mac_is_valid(value))
			return complain("%s: vif: \"%s\" is no address of one interface "
					"(as 00:16:3e:00:00:01)",
					where, value);
		snprintf(vif->mac, sizeof(vif->mac), "%s", value);
		return true;
	}
	return complain("%s: vif: unknown word \"%s\"; known: bridge=NAME, mac=ADDRESS",
			where, word);
}

bool vif_parse(const char *string, struct vif *vif, const char *where)
{
	char copy[TEXT_MAX], *rest = copy, *word;

	snprintf(copy, sizeof(copy), "%s", string);
	snprintf(vif->bridge, sizeof(vif->bridge), BRIDGE_DEFAULT);
	vif->mac[0] = '\0';
	while ((word = strsep(&rest, ",")) != NULL) {
		word += strspn(word, " ");
		if (word[0] != '\0' && !parse_word(word, vif, where))
			return false;
	}
	return true;
}

/* Xen's own range, 00:16:3e; the same each time for the same domain. */
static void make_mac(char mac[18], const char *name, unsigned int number)
{
	uint32_t hash = 2166136261u + number;

	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	snprintf(mac, 18, "00:16:3e:%02x:%02x:%02x", hash >> 16 & 0x7f, hash >> 8 & 0xff,
		 hash & 0xff);
}

/* Asks for the flags to be set on an interface. */
static int interface_up(int socket, const char *interface)
{
	struct ifreq request = {0};

	snprintf(request.ifr_name, IFNAMSIZ, "%s", interface);
	if (ioctl(socket, SIOCGIFFLAGS, &request) != 0)
		return -1;
	request.ifr_flags |= IFF_UP;
	return ioctl(socket, SIOCSIFFLAGS, &request);
}

static bool plug_into_bridge(const char *interface, const char *bridge)
{
	struct ifreq request = {0};
	int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool plugged;

	snprintf(request.ifr_name, IFNAMSIZ, "%s", bridge);
	request.ifr_ifindex = (int)if_nametoindex(interface);
	plugged = request.ifr_ifindex != 0 &&
		  (ioctl(control, SIOCBRADDIF, &request) == 0 || errno == EBUSY) &&
		  interface_up(control, interface) == 0;
	if (!plugged)
		complain("%s cannot become a port of %s: %s", interface, bridge,
			 strerror(errno));
	close(control);
	return plugged;
}

static bool write_nodes(const struct device *device, const struct vif *vif,
			const char *mac)
{
	bool done;

	do {
		store_begin();
		device_create(device);
		device_frontend(device, "handle", "%u", device->number);
		device_frontend(device, "mac", "%s", mac);
		device_backend(device, "handle", "%u", device->number);
		device_backend(device, "mac", "%s", mac);
		device_backend(device, "bridge", "%s", vif->bridge);
		device_backend(device, "type", "vif");
		/* netback wants the node; nobody runs it, this tool plugs in */
		device_backend(device, "script", "/etc/xen/scripts/vif-bridge");
	} while (store_end(&done));
	return done;
}

static bool is_bridge(const char *name)
{
	char *path = text("/sys/class/net/%s/bridge", name);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

/*
 * netback makes its interface right after it has said that it waits for the frontend
 * (netback_probe), so it may not be there yet.
 */
static bool wait_interface(const struct device *device, const char *interface)
{
	uint64_t end = now_ms() + BACKEND_TIMEOUT_MS;

	while (if_nametoindex(interface) == 0) {
		if (now_ms() >= end || store_state(device->backend) >= STATE_CLOSING)
			return complain("vif %u: the backend makes no interface %s",
					device->number, interface);
		sleep_ms(POLL_MS);
	}
	return true;
}

static bool connect_backend(const struct device *device, const struct vif *vif)
{
	struct access access = {0, (int)device->domain};
	char interface[IFNAMSIZ], *path, *why;
	bool connected;

	if (!store_wait_state(device->backend, ~(1u << STATE_INITIALISING),
			      BACKEND_TIMEOUT_MS) ||
	    store_state(device->backend) >= STATE_CLOSING) {
		why = device_error(device);
		complain("vif %u: the backend does not start: %s", device->number, why);
		free(why);
		return false;
	}
	snprintf(interface, sizeof(interface), "vif%u.%u", device->domain,
		 device->number);
	path = text("%s/hotplug-status", device->backend);
	connected = wait_interface(device, interface) &&
		    plug_into_bridge(interface, vif->bridge) &&
		    store_put(&access, path, "connected");
	free(path);
	return connected;
}

bool vif_attach(unsigned int id, const char *name, unsigned int number,
		const struct vif *vif)
{
	struct device device;
	char mac[18];

	device_init(&device, id, "vif", number);
	if (store_exists("%s", device.backend))
		return complain("vif %u: domain %u has it already", number, id);
	if (!is_bridge(vif->bridge))
		return complain("vif %u: dom0 has no bridge %s", number, vif->bridge);
	snprintf(mac, sizeof(mac), "%s", vif->mac);
	if (mac[0] == '\0')
		make_mac(mac, name, number);
	if (write_nodes(&device, vif, mac) && connect_backend(&device, vif))
		return true;
	device_remove(&device, true);
	return false;
}
