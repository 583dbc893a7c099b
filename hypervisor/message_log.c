/* SPDX-License-Identifier: GPL-2.0-only */
#include <arch/spinlock.h>
#include <hv/message_log.h>

static spinlock_t lock = SPINLOCK_INIT;
static char log[MESSAGE_LOG_SIZE];
static uint32_t first, written; /* indexes: of the oldest byte, of the next */

void message_log_write(const char *text, uint32_t bytes)
{
	spin_lock(&lock);
	for (uint32_t i = 0; i < bytes; i++)
		log[written++ % MESSAGE_LOG_SIZE] = text[i];
	if (written - first > MESSAGE_LOG_SIZE)
		first = written - MESSAGE_LOG_SIZE;
	spin_unlock(&lock);
}

uint32_t message_log_start(void)
{
	return first;
}

uint32_t message_log_read(uint32_t *index, char *text, uint32_t bytes)
{
	uint32_t count = 0;

	spin_lock(&lock);
	if (written - *index > written - first)
		*index = first;
	while (count < bytes && *index != written)
		text[count++] = log[(*index)++ % MESSAGE_LOG_SIZE];
	spin_unlock(&lock);
	return count;
}

void message_log_clear(uint32_t index)
{
	spin_lock(&lock);
	if (written - index <= written - first)
		first = index;
	spin_unlock(&lock);
}
