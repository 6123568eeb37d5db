# One line per target; what happens is in wificore/devserver (Python, tested).
# Arguments: make run ARGS="--no-simulator", make test ARGS="-k ingester", make run FRESH=1
PYTHON ?= python3
START = $(PYTHON) -m wificore.devserver.bootstrap
FRESH_FLAG = $(if $(filter-out 0,$(FRESH)),--fresh)

.PHONY: help run dev stop test soak lint fmt api bench psql shell db-reset clean lock
help: ; @sed -n '/^| command/,/^$$/p' CONTRIBUTING.md
run: ; @$(START) run $(FRESH_FLAG) $(ARGS)
dev: ; @$(START) dev $(FRESH_FLAG) $(ARGS)
stop: ; @$(START) stop $(ARGS)
test: ; @$(START) test $(ARGS)
soak: ; @$(START) soak $(ARGS)
lint: ; @$(START) lint $(ARGS)
fmt: ; @$(START) fmt $(ARGS)
api: ; @$(START) api $(ARGS)
bench: ; @$(START) bench $(ARGS)
psql: ; @$(START) psql $(ARGS)
shell: ; @$(START) shell $(ARGS)
db-reset: ; @$(START) db-reset $(ARGS)
clean: ; @$(START) clean $(ARGS)
lock: ; @$(START) lock $(ARGS)
