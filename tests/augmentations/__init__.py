"""Tests of the augmentations."""
