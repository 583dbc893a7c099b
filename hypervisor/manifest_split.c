// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the manifest says for dom0's tools: a domain's split drivers and what follows
 * its end.  The words are those of xl.cfg(5); only their form is checked here.
 */
#include <hv/image.h>
#include <hv/tree.h>
#include <hv/xen.h>

#define ENTRIES_MAX 16 /* of one list: xvda to xvdp */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The text up to the next comma or the end. */
static size_t piece_length(const char *text)
{
	const char *comma = strchr(text, ',');

	return comma != NULL ? (size_t)(comma - text) : strlen(text);
}

static bool starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* xvda to xvdp, or a partition of it: xvda1 to xvda15 */
static bool is_disk_name(const char *text, size_t length)
{
	if (!starts(text, "xvd") || length < 4 || length > 6 || text[3] < 'a' ||
	    text[3] > 'p')
		return false;
	if (length == 5)
		return text[4] >= '1' && text[4] <= '9';
	return length == 4 || (text[4] == '1' && text[5] >= '0' && text[5] <= '5');
}

/* "phy:/dev/vda,xvda,w" */
static const char *check_disk(const char *text)
{
	size_t length = piece_length(text);

	if (!starts(text, "phy:/") && !starts(text, "file:/"))
		return "does not begin with phy:/... or file:/...";
	if (text[length] == '\0')
		return "is not TARGET,NAME,ACCESS (phy:/dev/vda,xvda,w)";
	text += length + 1;
	length = piece_length(text);
	if (!is_disk_name(text, length))
		return "names the disk otherwise than xvda to xvdp (xvda1 ...)";
	if (strcmp(text + length, ",r") != 0 && strcmp(text + length, ",w") != 0)
		return "does not end with ,r or ,w";
	return NULL;
}

/* Six bytes in hexadecimal; the lowest bit of the first one is for groups. */
static bool is_mac(const char *text, size_t length)
{
	if (length != 17 || strchr("13579bBdDfF", text[1]) != NULL)
		return false;
	for (size_t i = 0; i < length; i++)
		if (i % 3 == 2 ? text[i] != ':' : !is_hex(text[i]))
			return false;
	return true;
}

/* "bridge=xenbr0,mac=00:16:3e:00:00:01"; empty: all by default */
static const char *check_vif(const char *text)
{
	static const char *const keys[] = {
		"bridge=", "mac=", "ip=", "vifname=", "script="};
	unsigned int key;

	if (text[0] == '\0')
		return NULL;
	for (;; text++) {
		size_t length = piece_length(text);

		for (key = 0; key < ARRAY_SIZE(keys) && !starts(text, keys[key]); key++)
			;
		if (key == ARRAY_SIZE(keys))
			return "has a word other than bridge, mac, ip, vifname, script";
		if (length == strlen(keys[key]))
			return "has a word without a value";
		if (key == 1 && !is_mac(text + 4, length - 4))
			return "has a mac that is not one card's (00:16:3e:12:34:56)";
		text += length;
		if (*text == '\0')
			return NULL;
	}
}

static const char *check_end(const char *text)
{
	if (strcmp(text, "destroy") == 0 || strcmp(text, "restart") == 0 ||
	    strcmp(text, "preserve") == 0)
		return NULL;
	return "is not destroy, restart or preserve";
}

static const struct {
	const char *name;
	const char *(*check)(const char *text);
	unsigned int max; /* strings; 0: none at all */
} rules[] = {
	{"disk", check_disk, ENTRIES_MAX},
	{"vif", check_vif, ENTRIES_MAX},
	{"vfb", NULL, 0},
	{"on-poweroff", check_end, 1},
	{"on-reboot", check_end, 1},
	{"on-crash", check_end, 1},
};

/* A list of as many strings as the rule allows, each of its form. */
static int check_list(struct fit *fit, const struct manifest_domain *m, unsigned int rule,
		      const char *list, int length)
{
	const char *text, *error, *name = rules[rule].name;
	unsigned int count = 0, max = rules[rule].max;
	int position = 0;

	if (max == 0 && length != 0)
		return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
				"\"%s\" takes no value", name);
	for (; (text = tree_string_next(list, length, &position)) != NULL; count++) {
		error = count < max ? rules[rule].check(text) : "is one too many";
		if (error != NULL)
			return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
					"\"%s\" %s: \"%s\"", name, error, text);
	}
	if (position != length || (count == 0 && max != 0))
		return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
				"\"%s\" is not made of strings", name);
	return 0;
}

int manifest_check_split(struct fit *fit, const struct manifest_domain *m)
{
	const char *list;
	int length, result;

	for (unsigned int i = 0; i < ARRAY_SIZE(rules); i++) {
		list = tree_property(fit->blob, m->node, rules[i].name, &length);
		if (list == NULL)
			continue;
		if (m->privileged)
			return fit_fail(fit, -XEN_EINVAL, "domain", m->name,
					"\"%s\" is not for the privileged domain",
					rules[i].name);
		result = check_list(fit, m, i, list, length);
		if (result != 0)
			return result;
	}
	return 0;
}
