"""What a detector is worth on dirty data: contamination protocols, single runs, resumable sweeps, and their summary."""

from dross.evaluation.image_protocols import one_vs_rest, pair
from dross.evaluation.labelled_protocols import labelled, labelled_unseen
from dross.evaluation.loading import load_named
from dross.evaluation.plan import DetectorPlan, Plan, Sweep
from dross.evaluation.planning import make_plan
from dross.evaluation.protocols import adbench, controlled, paper
from dross.evaluation.results import Results, RunRow, open_results
from dross.evaluation.run import RunKey, RunResult, RunSpec, execute
from dross.evaluation.runfile import read_run_file, results_path
from dross.evaluation.split import Split
from dross.evaluation.summary import left_out, summarise
from dross.evaluation.summary_row import SummaryRow
from dross.evaluation.summary_table import markdown_tables, write_summary
from dross.evaluation.sweep import SweepOutcome, run_sweep

__all__ = [
    "DetectorPlan",
    "Plan",
    "Results",
    "RunKey",
    "RunResult",
    "RunRow",
    "RunSpec",
    "Split",
    "SummaryRow",
    "Sweep",
    "SweepOutcome",
    "adbench",
    "controlled",
    "execute",
    "labelled",
    "labelled_unseen",
    "left_out",
    "load_named",
    "make_plan",
    "markdown_tables",
    "one_vs_rest",
    "open_results",
    "pair",
    "paper",
    "read_run_file",
    "results_path",
    "run_sweep",
    "summarise",
    "write_summary",
]
