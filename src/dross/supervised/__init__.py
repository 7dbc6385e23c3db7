"""Classifiers that know of anomalies what their labels say: the line that learning from labels is measured against."""

from dross.supervised.convolutional_classifier import ConvolutionalClassifier

__all__ = ["ConvolutionalClassifier"]
