# SPDX-License-Identifier: GPL-2.0-only
# The documents.  Tables that stand in the sources (hypercalls, descriptor, keys)
# are generated into them; the check fails when one is out of date.

DOCS := $(wildcard docs/*.md)

.PHONY: docs docs-check
docs: ## write the generated tables of docs/ anew
	$(Q)tools/gen-abi.py $(DOCS)

docs-check: ## are the generated tables of docs/ up to date?
	$(call say,CHECK,docs)
	$(Q)tools/gen-abi.py --check $(DOCS)

.PHONY: check
check: docs-check
