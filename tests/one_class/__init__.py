"""Tests of the one-class classifiers."""
