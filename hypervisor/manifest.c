// SPDX-License-Identifier: GPL-2.0-only
/*
 * The manifest: /domains of the FIT.  Everything a student can get wrong here has
 * a message of its own, since this is the file that students write.
 */
#include <hv/image.h>
#include <hv/printk.h>
#include <hv/tree.h>
#include <hv/xen.h>
#include <libfdt.h>

#define MEMORY_MAX       0x80000000u
#define FOREIGN_MAX      0x10000000u
#define FOREIGN_DEFAULT  0x01000000u
#define WEIGHT_DEFAULT   256
#define SLICE_DEFAULT_US 10000

static const char *const domain_properties[] = {
	"kernel",      "initrd",     "fdt",      "memory",   "vcpus",
	"weight",      "engine",     "devices",  "bootargs", "foreign",
	"privileged",  "image-file", "disk",     "vif",      "vfb",
	"on-poweroff", "on-reboot",  "on-crash", "phandle",
};

static const char *const manifest_properties[] = {
	"compatible",     "scheduler",   "time-slice-us",
	"#address-cells", "#size-cells", "phandle",
};

struct number {
	const char *name;
	uint32_t min, max, multiple;
};

static int check_known(struct fit *fit, int node, const char *kind, const char *name,
		       const char *const *known, unsigned int count)
{
	const char *property;
	int offset;
	unsigned int i;

	fdt_for_each_property_offset(offset, fit->blob, node) {
		if (fdt_getprop_by_offset(fit->blob, offset, &property, NULL) == NULL)
			continue;
		for (i = 0; i < count && strcmp(property, known[i]) != 0; i++)
			;
		if (i == count)
			return fit_fail(fit, -XEN_EINVAL, kind, name,
					"unknown property \"%s\"", property);
	}
	return 0;
}

/* A string property; absent leaves *value as it is. */
static int read_string(struct fit *fit, int node, const char *kind, const char *name,
		       const char *property, const char **value)
{
	const char *text = tree_string(fit->blob, node, property);

	if (text == NULL && tree_has(fit->blob, node, property))
		return fit_fail(fit, -XEN_EINVAL, kind, name,
				"\"%s\" is not one string of printable characters",
				property);
	if (text != NULL)
		*value = text;
	return 0;
}

/* A cell within limits; absent leaves *value as it is. */
static int read_number(struct fit *fit, int node, const char *kind, const char *name,
		       const struct number *rule, uint32_t *value)
{
	uint32_t number;
	int result = tree_cell(fit->blob, node, rule->name, &number);

	if (result == -XEN_ENOENT)
		return 0;
	if (result != 0)
		return fit_fail(fit, result, kind, name,
				"\"%s\" is not one number (<...>)", rule->name);
	if (number < rule->min || number > rule->max)
		return fit_fail(fit, -XEN_ERANGE, kind, name,
				"\"%s\" is %u (0x%x), it must be 0x%x to 0x%x",
				rule->name, number, number, rule->min, rule->max);
	if (number % rule->multiple != 0)
		return fit_fail(fit, -XEN_EINVAL, kind, name,
				"\"%s\" is 0x%x, not a multiple of 0x%x", rule->name,
				number, rule->multiple);
	*value = number;
	return 0;
}

static bool name_allowed(const char *name)
{
	char c;

	while ((c = *name++) != '\0')
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	return true;
}

static int copy_name(struct fit *fit, struct manifest_domain *m)
{
	int length;
	const char *name = fdt_get_name(fit->blob, m->node, &length);

	if (length == 0 || length >= (int)sizeof(m->name) || !name_allowed(name))
		return fit_fail(fit, -XEN_EINVAL, "domain", name,
				"a name is at most %u letters, digits, - and _",
				(unsigned int)sizeof(m->name) - 1);
	memcpy(m->name, name, (size_t)length + 1);
	return 0;
}

/* The image that `property` names exists and is of the right type. */
static int check_image(struct fit *fit, const struct manifest_domain *m,
		       const char *property, const char *image_name, const char *type)
{
	struct fit_image image;
	int result;

	if (image_name == NULL)
		return 0;
	result = fit_find(fit, image_name, &image);
	if (result == -XEN_ENOENT)
		return fit_fail(fit, result, "domain", m->name,
				"\"%s\" names the image \"%s\", which is missing",
				property, image_name);
	if (result != 0)
		return result;
	if (strcmp(image.type, type) != 0)
		return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
				"\"%s\": image \"%s\" has type \"%s\", not \"%s\"",
				property, image_name, image.type, type);
	return 0;
}

static int parse_strings(struct fit *fit, struct manifest_domain *m)
{
	const struct {
		const char *name;
		const char **value;
		const char *type; /* of the image it names */
		bool required;
	} rules[] = {
		{"kernel", &m->kernel, "kernel", true},
		{"initrd", &m->initrd, "ramdisk", false},
		{"fdt", &m->fdt, "flat_dt", false},
		{"bootargs", &m->bootargs, NULL, false},
		{"engine", &m->engine, NULL, true},
	};
	int result;

	for (unsigned int i = 0; i < ARRAY_SIZE(rules); i++) {
		result = read_string(fit, m->node, "domain", m->name, rules[i].name,
				     rules[i].value);
		if (result != 0)
			return result;
		if (rules[i].required && *rules[i].value == NULL)
			return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
					"\"%s\" is missing", rules[i].name);
		if (rules[i].type == NULL)
			continue;
		result = check_image(fit, m, rules[i].name, *rules[i].value,
				     rules[i].type);
		if (result != 0)
			return result;
	}
	return 0;
}

static int parse_numbers(struct fit *fit, struct manifest_domain *m)
{
	static const struct number memory = {"memory", SLOT_SIZE, MEMORY_MAX, SLOT_SIZE};
	static const struct number foreign = {"foreign", SLOT_SIZE, FOREIGN_MAX,
					      SLOT_SIZE};
	static const struct number vcpus = {"vcpus", 1, SIGMA_MAX_VCPUS, 1};
	static const struct number weight = {"weight", 1, 65535, 1};
	int result;

	m->foreign = FOREIGN_DEFAULT;
	m->vcpus = 1;
	m->weight = WEIGHT_DEFAULT;
	result = read_number(fit, m->node, "domain", m->name, &memory, &m->memory);
	if (result == 0 && m->memory == 0)
		result = fit_fail(fit, -XEN_EINVAL, "domain", m->name,
				  "\"memory\" is missing");
	if (result == 0)
		result = read_number(fit, m->node, "domain", m->name, &foreign,
				     &m->foreign);
	if (result == 0)
		result = read_number(fit, m->node, "domain", m->name, &vcpus, &m->vcpus);
	if (result == 0)
		result =
			read_number(fit, m->node, "domain", m->name, &weight, &m->weight);
	return result;
}

/* "all", or a list of paths and labels; which devices they are is seen later. */
static int parse_devices(struct fit *fit, struct manifest_domain *m)
{
	int length, position = 0, count = 0, offset;
	const char *text, *name, *list = NULL;

	m->devices = -1;
	fdt_for_each_property_offset(offset, fit->blob, m->node) {
		list = fdt_getprop_by_offset(fit->blob, offset, &name, &length);
		if (list != NULL && strcmp(name, "devices") == 0) {
			m->devices = offset;
			break;
		}
	}
	if (m->devices < 0)
		return 0;
	while ((text = tree_string_next(list, length, &position)) != NULL) {
		count++;
		if (strcmp(text, "all") == 0)
			m->all_devices = true;
	}
	if (position != length || count == 0 || count > DEVICES_MAX)
		return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
				"\"devices\" is not a list of 1 to %d strings",
				DEVICES_MAX);
	if (m->all_devices && count > 1)
		return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
				"\"devices\" has more entries beside \"all\"");
	return 0;
}

static int parse_privileged(struct fit *fit, struct manifest_domain *m)
{
	int length;

	if (fdt_getprop(fit->blob, m->node, "privileged", &length) == NULL)
		return 0;
	if (length != 0)
		return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
				"\"privileged\" takes no value");
	m->privileged = true;
	return 0;
}

/*
 * A name such as boot/sigma.fit: what stands between two slashes is a directory, so
 * it is not empty, "." or "..".
 */
static bool file_name_allowed(const char *path)
{
	size_t length;

	if (strlen(path) >= IMAGE_FILE_SIZE)
		return false;
	for (;; path += length + 1) {
		for (length = 0; path[length] != '\0' && path[length] != '/'; length++)
			;
		if (length == 0 || (length <= 2 && memcmp(path, "..", length) == 0))
			return false;
		if (path[length] == '\0')
			return true;
	}
}

static int parse_image_file(struct fit *fit, struct manifest_domain *m)
{
	int result = read_string(fit, m->node, "domain", m->name, "image-file",
				 &m->image_file);

	if (result != 0 || m->image_file == NULL)
		return result;
	if (!m->privileged)
		return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
				"\"image-file\" is for the privileged domain only");
	if (!file_name_allowed(m->image_file))
		return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
				"\"image-file\" is no name of at most %d characters such "
				"as boot/sigma.fit",
				IMAGE_FILE_SIZE - 1);
	return 0;
}

static int parse_domain(struct fit *fit, struct manifest_domain *m)
{
	int result = copy_name(fit, m);

	if (result == 0)
		result = check_known(fit, m->node, "domain", m->name, domain_properties,
				     ARRAY_SIZE(domain_properties));
	if (result == 0)
		result = parse_strings(fit, m);
	if (result == 0)
		result = parse_numbers(fit, m);
	if (result == 0)
		result = parse_devices(fit, m);
	if (result == 0)
		result = parse_privileged(fit, m);
	if (result == 0)
		result = parse_image_file(fit, m);
	if (result == 0)
		result = manifest_check_split(fit, m);
	return result;
}

static int check_domains(struct fit *fit, const struct manifest *manifest)
{
	const struct manifest_domain *m, *other;

	for (unsigned int i = 0; i < manifest->domain_count; i++) {
		m = &manifest->domain[i];
		for (other = manifest->domain; other < m; other++) {
			if (strcmp(m->name, other->name) == 0)
				return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
						"is described twice");
			if (m->privileged && other->privileged)
				return fit_fail(
					fit, -XEN_EINVAL, "domain", m->name,
					"\"privileged\" belongs to domain %s already",
					other->name);
		}
	}
	if (manifest->domain_count == 0)
		return fit_fail(fit, -XEN_EINVAL, "manifest", NULL,
				"describes no domain");
	return 0;
}

int manifest_check_privileged(struct fit *fit, const struct manifest *manifest)
{
	for (unsigned int i = 0; i < manifest->domain_count; i++)
		if (manifest->domain[i].privileged)
			return 0;
	return fit_fail(fit, -XEN_EINVAL, "manifest", NULL,
			"no domain is \"privileged\": one must be, it becomes dom0");
}

static int parse_header(struct fit *fit, struct manifest *manifest, int node)
{
	static const struct number slice = {"time-slice-us", 1000, 30000, 1};
	int result;

	if (!tree_is_compatible(fit->blob, node, "sigma,domains-1"))
		return fit_fail(fit, -XEN_EINVAL, "manifest", NULL,
				"/domains is not compatible with \"sigma,domains-1\"");
	manifest->scheduler = "fair";
	manifest->time_slice_us = SLICE_DEFAULT_US;
	result = check_known(fit, node, "manifest", NULL, manifest_properties,
			     ARRAY_SIZE(manifest_properties));
	if (result == 0)
		result = read_string(fit, node, "manifest", NULL, "scheduler",
				     &manifest->scheduler);
	if (result == 0)
		result = read_number(fit, node, "manifest", NULL, &slice,
				     &manifest->time_slice_us);
	return result;
}

int manifest_parse(struct fit *fit, struct manifest *manifest)
{
	int domains = fdt_path_offset(fit->blob, "/domains");
	struct manifest_domain *m;
	int node, result;

	memset(manifest, 0, sizeof(*manifest));
	if (domains < 0)
		return fit_fail(fit, -XEN_ENOENT, "manifest", NULL,
				"the FIT has no node /domains");
	result = parse_header(fit, manifest, domains);
	if (result != 0)
		return result;
	fdt_for_each_subnode(node, fit->blob, domains) {
		if (manifest->domain_count == MANIFEST_DOMAINS_MAX)
			return fit_fail(fit, -XEN_E2BIG, "manifest", NULL,
					"describes more than %d domains",
					MANIFEST_DOMAINS_MAX);
		m = &manifest->domain[manifest->domain_count++];
		m->node = node;
		result = parse_domain(fit, m);
		if (result != 0)
			return result;
	}
	return check_domains(fit, manifest);
}
