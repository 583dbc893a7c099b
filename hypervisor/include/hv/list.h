/* SPDX-License-Identifier: GPL-2.0-only */
/* Doubly linked circular lists; a node that is on no list points to itself. */
#ifndef HV_LIST_H
#define HV_LIST_H

#include <hv/types.h>

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

/* Put node before `where`; before the head means at the tail. */
static inline void list_insert_before(struct list *where, struct list *node)
{
	node->prev = where->prev;
	node->next = where;
	where->prev->next = node;
	where->prev = node;
}

static inline void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/* Take the first node of a list that has one; the node is left as it is. */
static inline struct list *list_take_first(struct list *head)
{
	struct list *node = head->next;

	head->next = node->next;
	node->next->prev = head;
	return node;
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)

#endif
