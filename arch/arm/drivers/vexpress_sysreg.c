/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Versatile Express system registers (motherboard TRM DUI0447, 4.3.10): the
 * configuration bus switches the board off and resets it.
 */
#include <asm/mpcore.h>
#include <arch/cpu.h>
#include <hv/console.h>

#define SYS_CFGDATA     0xa0
#define SYS_CFGCTRL     0xa4
#define CFG_START_WRITE 0xc0000000
#define CFG_SHUTDOWN    (8u << 20)
#define CFG_REBOOT      (9u << 20)

static void configuration_write(uint32_t function)
{
	console_flush();
	mmio_write(SYSREG_VA + SYS_CFGDATA, 0);
	mmio_write(SYSREG_VA + SYS_CFGCTRL, CFG_START_WRITE | function);
	arch_halt();
}

void arch_power_off(void)
{
	configuration_write(CFG_SHUTDOWN);
	__builtin_unreachable();
}

void arch_reset(void)
{
	configuration_write(CFG_REBOOT);
	__builtin_unreachable();
}
