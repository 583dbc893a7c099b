/* SPDX-License-Identifier: MIT */
/* The parts of selftest; each returns, or fails the guest. */
#ifndef SELFTEST_SELFTEST_H
#define SELFTEST_SELFTEST_H

void test_entry(void);      /* the documented registers at the first instruction */
void test_descriptor(void); /* its fields agree with each other */
void test_sigma(void);      /* sigma' maps what it should and nothing else */
void test_calls(void);      /* numbers, results, kept registers */
void test_virqs(void);      /* mask, pending, raise, send */
void test_timer(void);      /* both ways to arm it */
void test_events(void);     /* event channels of a domain with itself */
void test_context(void);    /* registers while another domain runs */

#endif
