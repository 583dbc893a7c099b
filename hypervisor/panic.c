/* SPDX-License-Identifier: GPL-2.0-only */
/* How the hypervisor stops, and the words for errors. */
#include <hv/console.h>
#include <hv/printk.h>
#include <hv/types.h>
#include <hv/xen.h>
#include <arch/cpu.h>

#define REASON_SIZE 160

static const struct {
	int error;
	const char *text;
} error_texts[] = {
	{XEN_EPERM, "not permitted"},
	{XEN_ENOENT, "no such thing"},
	{XEN_ESRCH, "no such domain"},
	{XEN_EIO, "input/output error"},
	{XEN_E2BIG, "too much at a time"},
	{XEN_ENOEXEC, "not a program for this machine"},
	{XEN_EAGAIN, "try again"},
	{XEN_ENOMEM, "no memory"},
	{XEN_EACCES, "no access"},
	{XEN_EFAULT, "bad address"},
	{XEN_EBUSY, "busy"},
	{XEN_EEXIST, "exists already"},
	{XEN_ENODEV, "no such device"},
	{XEN_EINVAL, "invalid"},
	{XEN_ENOSPC, "no room"},
	{XEN_ERANGE, "out of range"},
	{XEN_ENOSYS, "not implemented"},
	{XEN_EBADF, "damaged"},
	{XEN_EOVERFLOW, "too large"},
	{XEN_EOPNOTSUPP, "not supported"},
};

const char *error_text(int error)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(error_texts); i++)
		if (error_texts[i].error == -error)
			return error_texts[i].text;
	return "unknown error";
}

void panic(const char *format, ...)
{
	static bool again; /* a panic while dumping: only stop */
	char reason[REASON_SIZE];
	va_list args;

	console_break_lock();
	va_start(args, format);
	hv_vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	printk("panic: %s\n", reason);
	if (!again) {
		again = true;
		arch_dump_registers();
	}
	printk("stopped: this is a mistake in the hypervisor\n");
	console_flush();
	arch_halt();
}

void boot_fail(const char *part, const char *format, ...)
{
	char reason[REASON_SIZE];
	va_list args;

	va_start(args, format);
	hv_vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	printk("cannot start: %s: %s\n", part, reason);
	console_flush();
	arch_halt();
}
