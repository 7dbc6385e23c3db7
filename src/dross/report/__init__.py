"""From a results file to a report: summarise to a plain dict, draw from the dict, render dict and drawings."""
