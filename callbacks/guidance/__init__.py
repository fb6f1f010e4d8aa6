"""Guidance for owners, visitors, keepers and officers: pages for anybody, and where the centre words them."""
