/* SPDX-License-Identifier: GPL-2.0-only */
#include <arch/spinlock.h>
#include <hv/message_log.h>

static spinlock_t lock = SPINLOCK_INIT;
static char log[MESSAGE_LOG_SIZE];
static uint32_t written; /* index of the next byte */
static uint32_t kept;    /* bytes before it that are there */
static uint32_t start;

void message_log_write(const char *text, uint32_t bytes)
{
	spin_lock(&lock);
	for (uint32_t i = 0; i < bytes; i++)
		log[written++ % MESSAGE_LOG_SIZE] = text[i];
	kept = kept + bytes < MESSAGE_LOG_SIZE ? kept + bytes : MESSAGE_LOG_SIZE;
	spin_unlock(&lock);
}

uint32_t message_log_start(void)
{
	return start;
}

uint32_t message_log_read(uint32_t *index, char *text, uint32_t bytes)
{
	uint32_t count = 0;

	spin_lock(&lock);
	if (written - *index > kept)
		*index = written - kept;
	while (count < bytes && *index != written)
		text[count++] = log[(*index)++ % MESSAGE_LOG_SIZE];
	spin_unlock(&lock);
	return count;
}

void message_log_clear(uint32_t index)
{
	start = index;
}
