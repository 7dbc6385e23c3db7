"""Classifiers that know of anomalies what their labels say: the line that learning from labels is measured against."""

from dross.supervised.classifier_detector import ClassifierDetector
from dross.supervised.convolutional_classifier import ConvolutionalClassifier
from dross.supervised.cross_validated_choice import CrossValidatedChoice
from dross.supervised.resnet_classifier import ResNetClassifier

__all__ = ["ClassifierDetector", "ConvolutionalClassifier", "CrossValidatedChoice", "ResNetClassifier"]
