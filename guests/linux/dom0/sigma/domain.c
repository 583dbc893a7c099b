// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <public/manage.h>
#include <xen/hvm/params.h>

#include "config.h"
#include "device.h"
#include "disk.h"
#include "domain.h"
#include "hyper.h"
#include "store.h"
#include "vif.h"

#define REAP_TIMEOUT_MS 10000
#define REAP_POLL_MS    10
#define KIB             1024u

/* What the hypervisor says of the rings between domain and dom0. */
struct rings {
	uint64_t store_page, store_port, console_page, console_port;
};

static bool read_rings(unsigned int id, struct rings *rings)
{
	const struct {
		uint32_t index;
		uint64_t *value;
	} params[] = {
		{HVM_PARAM_STORE_PFN, &rings->store_page},
		{HVM_PARAM_STORE_EVTCHN, &rings->store_port},
		{SIGMA_HVM_PARAM_RELAY_PFN, &rings->console_page},
		{SIGMA_HVM_PARAM_RELAY_EVTCHN, &rings->console_port},
	};
	int result;

	for (unsigned int i = 0; i < ARRAY_SIZE(params); i++) {
		result = hyper_param(id, params[i].index, params[i].value);
		if (result < 0)
			return complain("domain %u: parameter %u: %s", id,
					params[i].index, strerror(-result));
	}
	return true;
}

/* A node below the domain's own path. */
static void put(unsigned int id, const struct access *access, const char *name,
		const char *value)
{
	char *path = text("/local/domain/%u/%s", id, name);

	store_put(access, path, "%s", value);
	free(path);
}

static void put_number(unsigned int id, const struct access *access, const char *name,
		       uint64_t value)
{
	char *string = text("%llu", (unsigned long long)value);

	put(id, access, name, string);
	free(string);
}

/* A node of xl's, that the domain does not see. */
static void put_private(const char *value, const char *format, ...) printf_like(2);
static void put_private(const char *value, const char *format, ...)
{
	static const struct access private = {0, -1};
	char path[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	store_put(&private, path, "%s", value);
}

static void make_uuid(char uuid[37])
{
	FILE *file = fopen("/proc/sys/kernel/random/uuid", "re");

	if (file == NULL || fscanf(file, "%36s", uuid) != 1)
		snprintf(uuid, 37, "00000000-0000-0000-0000-000000000000");
	if (file != NULL)
		fclose(file);
}

static void put_vm(unsigned int id, const char *name, const char *uuid)
{
	const struct access readable = {0, (int)id};
	char *path = text("/vm/%s", uuid), *started = text("%ld.00", (long)time(NULL));

	store_put(&readable, path, "%s", "");
	put_private(name, "/vm/%s/name", uuid);
	put_private(uuid, "/vm/%s/uuid", uuid);
	put_private(started, "/vm/%s/start_time", uuid);
	put(id, &readable, "vm", path);
	free(path);
	free(started);
}

/* Nodes that the domain writes are its own; the rest are dom0's, for it to read. */
static void put_control(unsigned int id)
{
	static const char *const own[] = {
		"device/suspend/event-channel",
		"control/shutdown",
		"control/feature-poweroff",
		"control/feature-reboot",
		"control/feature-suspend",
		"control/sysrq",
		"data",
		"drivers",
		"feature",
		"attr",
		"error",
	};
	const struct access readable = {0, (int)id}, writable = {id, -1};

	put(id, &readable, "device", "");
	put(id, &readable, "control", "");
	for (unsigned int i = 0; i < ARRAY_SIZE(own); i++)
		put(id, &writable, own[i], "");
	put(id, &readable, "control/platform-feature-multiprocessor-suspend", "1");
	put(id, &readable, "control/platform-feature-xs_reset_watches", "1");
}

static void put_console(unsigned int id, const struct rings *rings)
{
	static const struct access private = {0, -1};
	const struct access readable = {0, (int)id};
	struct device console;

	device_init(&console, id, "console", 0);
	snprintf(console.frontend, TEXT_MAX, "/local/domain/%u/console", id);
	device_backend(&console, "frontend", "%s", console.frontend);
	device_backend(&console, "frontend-id", "%u", id);
	device_backend(&console, "online", "1");
	device_backend(&console, "state", "%d", STATE_INITIALISING);
	device_backend(&console, "protocol", "vt100");
	put_private(console.backend, "%s/backend", console.libxl);
	put(id, &readable, "console", "");
	put(id, &readable, "console/backend", console.backend);
	put(id, &readable, "console/backend-id", "0");
	put(id, &readable, "console/limit", "1048576");
	put(id, &readable, "console/type", "xenconsoled");
	put(id, &readable, "console/output", "pty");
	put(id, &private, "console/tty", "");
	put_number(id, &readable, "console/port", rings->console_port);
	put_number(id, &readable, "console/ring-ref", rings->console_page);
}

static void put_domain(unsigned int id, const struct description *d, const char *uuid,
		       const struct rings *rings)
{
	const struct access readable = {0, (int)id};
	char name[64];

	snprintf(name, sizeof(name), "/local/domain/%u", id);
	store_put(&readable, name, "%s", "");
	put_private("", "/libxl/%u", id);
	put_private("pvh", "/libxl/%u/type", id);
	put_private("qemu_xen", "/libxl/%u/dm-version", id);
	put_vm(id, d->name, uuid);
	put(id, &readable, "name", d->name);
	put_number(id, &readable, "domid", id);
	for (unsigned int i = 0; i < d->vcpus; i++) {
		snprintf(name, sizeof(name), "cpu/%u/availability", i);
		put(id, &readable, name, "online");
	}
	put_number(id, &readable, "memory/static-max", d->memory / KIB);
	put_number(id, &readable, "memory/target", d->memory / KIB);
	put(id, &readable, "memory/videoram", "0");
	put_control(id);
	put_number(id, &readable, "store/port", rings->store_port);
	put_number(id, &readable, "store/ring-ref", rings->store_page);
	put_console(id, rings);
}

/* Where libxl keeps what it knows of a domain. */
static char *libxl_path(unsigned int id, const char *uuid)
{
	return text("/var/lib/xen/userdata-d.%u.%s.libxl-json", id, uuid);
}

/*
 * xl attaches devices to a domain that has this file alone.  To begin with it holds what
 * libxl does not accept to be missing when it is asked for more.
 */
static const char libxl_text[] =
	"{\"c_info\": {\"type\": \"pvh\"}, \"b_info\": {\"type.pvh\": {}, \"acpi\": \"False\"}}\n";

static void put_libxl_file(unsigned int id, const char *uuid)
{
	char *path = libxl_path(id, uuid);
	FILE *file = fopen(path, "we");

	if (file == NULL || fputs(libxl_text, file) == EOF || fclose(file) != 0)
		complain("%s: %s; xl cannot attach devices to domain %u", path,
			 strerror(errno), id);
	free(path);
}

static bool write_nodes(unsigned int id, const struct description *d,
			const struct rings *rings)
{
	char uuid[37];
	bool done;

	make_uuid(uuid);
	hyper_set_uuid(id, uuid);
	put_libxl_file(id, uuid);
	do {
		store_begin();
		put_domain(id, d, uuid, rings);
	} while (store_end(&done));
	return done;
}

bool domain_register_dom0(void)
{
	static const struct access readable = {0, 0};
	static const char uuid[] = "00000000-0000-0000-0000-000000000000";
	struct xen_domctl_getdomaininfo info;
	bool done;
	int result = hyper_domain(0, &info);

	if (result < 0)
		return complain("dom0: the hypervisor does not know it: %s",
				strerror(-result));
	do {
		store_begin();
		put(0, &readable, "name", "Domain-0");
		put(0, &readable, "domid", "0");
		put_number(0, &readable, "memory/static-max", info.max_pages * 4);
		put_number(0, &readable, "memory/target", info.tot_pages * 4);
		put_vm(0, "Domain-0", uuid);
		put_private("Pool-0", "/local/pool/0/name"); /* of CPUs */
		put_private("pv", "/libxl/0/type");
	} while (store_end(&done));
	return done;
}

static char *description_path(unsigned int id)
{
	return text("%s/%u.cfg", RUN_DIRECTORY, id);
}

static bool keep_description(unsigned int id, const struct description *d)
{
	char *path = description_path(id);
	FILE *file;
	bool kept;

	mkdir(RUN_DIRECTORY, 0755);
	file = fopen(path, "we");
	if (file != NULL)
		description_write(d, file);
	kept = file != NULL && fclose(file) == 0;
	if (!kept)
		complain("%s: %s", path, strerror(errno));
	free(path);
	return kept;
}

bool domain_description(unsigned int id, struct description *d)
{
	char *path = description_path(id);
	bool found = access(path, R_OK) == 0 && config_read(path, d);

	free(path);
	return found;
}

static bool attach_devices(unsigned int id, const struct description *d,
			   unsigned int patience_ms)
{
	bool all = true;
	struct disk disk;
	struct vif vif;

	for (unsigned int i = 0; i < d->disks.count; i++)
		if (!disk_parse(d->disks.item[i], &disk, d->name) ||
		    !disk_attach(id, &disk, patience_ms))
			all = false;
	for (unsigned int i = 0; i < d->vifs.count; i++)
		if (!vif_parse(d->vifs.item[i], &vif, d->name) ||
		    !vif_attach(id, d->name, i, &vif))
			all = false;
	if (d->vfb && !screen_attach(id))
		all = false;
	return all;
}

bool domain_register(unsigned int id, const struct description *d,
		     unsigned int patience_ms)
{
	struct rings rings;
	bool all;

	if (!read_rings(id, &rings) || !keep_description(id, d) ||
	    !write_nodes(id, d, &rings))
		return false;
	all = attach_devices(id, d, patience_ms);
	if (!xs_introduce_domain(store_handle(), id, (unsigned long)rings.store_page,
				 (unsigned int)rings.store_port))
		return complain("%s: xenstored does not take it: %s", d->name,
				strerror(errno));
	return all;
}

struct list domain_kept(void)
{
	DIR *directory = opendir(RUN_DIRECTORY);
	struct list list = {0};
	struct dirent *entry;

	while (directory != NULL && (entry = readdir(directory)) != NULL)
		list_add(&list, entry->d_name);
	if (directory != NULL)
		closedir(directory);
	return list;
}

/* It is gone when the last one that maps a page of it has let go. */
static bool wait_reaped(unsigned int id)
{
	struct xen_domctl_getdomaininfo info;
	uint64_t end = now_ms() + REAP_TIMEOUT_MS;

	while (hyper_domain(id, &info) == 0) {
		if (now_ms() >= end)
			return complain("domain %u is dead, but a page of it is still "
					"mapped; its memory is not free yet",
					id);
		sleep_ms(REAP_POLL_MS);
	}
	return true;
}

static void remove_nodes(unsigned int id)
{
	char *vm = store_get("/local/domain/%u/vm", id), *path = description_path(id);
	char *libxl;

	if (vm != NULL && strncmp(vm, "/vm/", 4) == 0) {
		libxl = libxl_path(id, vm + 4);
		unlink(libxl);
		free(libxl);
		store_remove("%s", vm);
	}
	store_remove_branch("/local/domain/0/backend/console/%u", id);
	store_remove("/local/domain/%u", id);
	store_remove("/libxl/%u", id);
	unlink(path);
	free(vm);
	free(path);
}

void domain_forget(unsigned int id)
{
	devices_remove(id, true);
	remove_nodes(id);
}

bool domain_remove(unsigned int id)
{
	struct xen_domctl_getdomaininfo info;
	bool fine;
	int result;

	if (hyper_domain(id, &info) == 0 && (info.flags & XEN_DOMINF_dying) == 0)
		hyper_pause(id);
	fine = devices_remove(id, true);
	result = hyper_destroy(id);
	remove_nodes(id);
	if (result < 0 && result != -ESRCH)
		return complain("domain %u cannot be destroyed: %s", id,
				strerror(-result));
	return wait_reaped(id) && fine;
}
