# Everything is done by ops/, with the machine's own Python; see there.
PYTHON ?= python3
.DEFAULT_GOAL := run
# FILE=, INTO=, REPLACE=1, VERIFY=0 and UPGRADE=1 of the command line reach it by the environment.
.PHONY: run test bench stop backup restore audit-dependencies lock python

run test bench stop backup restore audit-dependencies lock: python
	@"$(PYTHON)" ops/start.py $@

python:
	@command -v "$(PYTHON)" >/dev/null || { echo "Máy chưa có $(PYTHON); hãy cài Python 3.11 trở lên (Debian: sudo apt-get install python3 python3-venv) rồi chạy lại." >&2; exit 2; }
