"""The screen of the audit, and the sentences in which its entries are told."""
