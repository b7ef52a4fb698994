"""Runs a notebook in Deno's kernel: python execute.py NOTEBOOK [--write].

Fails if a cell fails, or gives other kinds of output than the notebook has. With --write the notebook gets the new
outputs.
"""

import queue
import sys

import nbformat
from nbclient import NotebookClient

# Seconds for which outputs may come late: Deno's kernel says that it is idle before it has sent all.
LATE = 0.5


class PatientClient(NotebookClient):
    """Takes outputs of a cell that come after its end, as a notebook does."""

    async def async_execute_cell(self, cell, cell_index, **options):
        cell = await super().async_execute_cell(cell, cell_index, **options)
        if cell.cell_type != "code":
            return cell
        while True:
            try:
                message = await self.kc.get_iopub_msg(timeout=LATE)
            except queue.Empty:
                return cell
            if message["msg_type"] != "status":
                self.process_message(message, cell, cell_index)


def kinds(cell):
    """Kinds of a cell's outputs: MIME types of what is displayed, names of streams."""
    return [sorted(output["data"]) if "data" in output else output.get("name") for output in cell.get("outputs", [])]


def main(path, write):
    notebook = nbformat.read(path, as_version=4)
    stored = [kinds(cell) for cell in notebook.cells]
    # Relative imports are the notebook's.
    resources = {"metadata": {"path": path.rpartition("/")[0] or "."}}
    client = PatientClient(notebook, kernel_name="deno", timeout=60, record_timing=False, resources=resources)
    client.execute()
    if write:
        nbformat.write(notebook, path)
        return
    for number, (cell, wanted) in enumerate(zip(notebook.cells, stored)):
        if kinds(cell) != wanted:
            sys.exit(f"cell {number} of {path} must give {wanted}: got {kinds(cell)}; deno task notebook renews it")
    print(f"{path}: {sum(cell.cell_type == 'code' for cell in notebook.cells)} cells ran")


if __name__ == "__main__":
    main(sys.argv[1], "--write" in sys.argv[2:])
