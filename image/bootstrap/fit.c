// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one thing that the bootstrap takes out of the FIT: the hypervisor.  Format:
 * U-Boot's doc/uImage.FIT; the data lies behind the tree ("external").
 */
#include "boot.h"
#include <string.h>

#include <libfdt.h>

/* A property of one cell. */
static bool read_u32(const void *fit, int node, const char *name, uint32_t *value)
{
	int length;
	const fdt32_t *cells = fdt_getprop(fit, node, name, &length);

	if (!cells || length != 4)
		return false;
	*value = fdt32_ld(cells);
	return true;
}

static bool read_crc32(const void *fit, int image, uint32_t *crc)
{
	int node, length;

	fdt_for_each_subnode(node, fit, image) {
		const char *algo = fdt_getprop(fit, node, "algo", &length);

		if (algo && length == 6 && memcmp(algo, "crc32", 6) == 0)
			return read_u32(fit, node, "value", crc);
	}
	return false;
}

const void *fit_hypervisor(const void *fit, uint32_t fit_size, uint32_t *size)
{
	uint32_t offset, start, expected, crc;
	const uint8_t *data;
	int node;

	if (fdt_check_header(fit) || fdt_totalsize(fit) > fit_size)
		boot_fail("FIT", "the payload holds no FIT");
	node = fdt_path_offset(fit, "/images/hypervisor");
	if (node < 0)
		boot_fail("hypervisor", "the FIT has no image of this name");
	if (!read_u32(fit, node, "data-offset", &offset) ||
	    !read_u32(fit, node, "data-size", size))
		boot_fail("hypervisor", "the FIT does not tell where it lies");
	start = (fdt_totalsize(fit) + 3) & ~3u;
	if (start > fit_size || offset > fit_size - start ||
	    *size > fit_size - start - offset)
		boot_fail("hypervisor", "the FIT places it outside the payload");
	if (!read_crc32(fit, node, &expected))
		boot_fail("hypervisor", "the FIT has no crc32 of it");
	data = (const uint8_t *)fit + start + offset;
	crc = crc32(0, data, *size);
	if (crc != expected)
		boot_fail("hypervisor", "it is damaged (crc32 %x, expected %x)", crc,
			  expected);
	return data;
}
