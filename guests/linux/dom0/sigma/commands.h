/* SPDX-License-Identifier: GPL-2.0-only */
/* What `sigma COMMAND` does.  Each answers the exit status: 0 done, 1 not, 2 usage. */
#ifndef SIGMA_TOOL_COMMANDS_H
#define SIGMA_TOOL_COMMANDS_H

#include <stdbool.h>

#define EXIT_USAGE 2

int command_init(int argc, char **argv);
int command_create(int argc, char **argv);
int command_restart(int argc, char **argv);
int command_shutdown(int argc, char **argv);
int command_reboot(int argc, char **argv);
int command_destroy(int argc, char **argv);
int command_pause(int argc, char **argv);
int command_unpause(int argc, char **argv);
int command_list(int argc, char **argv);
int command_block_attach(int argc, char **argv);
int command_block_detach(int argc, char **argv);
int command_block_list(int argc, char **argv);
int command_monitor(int argc, char **argv);

/*
 * One at a time changes domains: held by a process until it ends or unlocks.
 * false: complained.
 */
bool change_lock(void);
void change_unlock(void);

#endif
