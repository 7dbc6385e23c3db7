"""The protocols, explained to somebody who reads a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dross.evaluation.supervised_protocols import DEFAULT_FOLDS
from dross.report.averages import percent

PROTOCOLS: dict[str, str] = {
    "controlled": (
        "Controlled contamination. For each seed, half of the normal samples train and half test. Half of the "
        "anomalies are kept for the test set, the other half is the pool that contaminates the training set. The "
        "test set is the same at every contamination, so a change along the curve is a change of the detector and "
        "not of the test. Contaminants replace normal samples at a fixed training size, the largest that the "
        "highest contamination of the sweep allows."
    ),
    "paper": (
        "The protocol of the SRR paper, used to stand beside its published curves. Half of the normal samples "
        "train, together with anomalies worth the stated share of that number; everything else tests. The test set "
        "therefore loses anomalies as contamination rises, and F1 and AP fall for that reason alone: compare "
        "curves with each other, not a curve with its own left end."
    ),
    "adbench": (
        "The protocol of ADBench. 70 % of the samples train and 30 % test, drawn at random with the share of "
        "anomalies kept, scaled to [0, 1] on the training set. The contamination is the natural one of each table."
    ),
    "one-vs-rest": (
        "One class against all others. Each class in turn is normal and every other class anomalous. Training images "
        "are those of the official training split; for each seed, anomalies of that split replace normal images at a "
        "fixed training size. The official test split tests, the same at every contamination. Most of it is "
        "anomalous, so AP (minority), which counts the normal class as positive, says more than AP. Means over "
        "classes are over the runs of all classes and seeds, and so are their intervals."
    ),
    "pair": (
        "Pairs of classes. One class is normal and one other anomalous; the rest are left out. Training images are "
        "those of the official training split; for each seed, images of the anomalous class replace normal ones at a "
        "fixed training size. The two classes of the official test split test, the same at every contamination."
    ),
    "inspection": (
        "Inspection. Training images are those of the official training split, which has no defects; for each seed, "
        "defects of the official test split replace some of them at a fixed training size, and as many as the highest "
        "contamination takes are left out of the test set at every contamination."
    ),
    "mixed-inspection": (
        "Mixed inspection. The images of all sets lie in one folder, grey and of one size, and detectors are not told "
        "which is of which set; else as under inspection. All test images are ranked together. The AUROC within a "
        "category ranks those of one set alone, by the same scores: what the pooled one is below the mean of these is "
        "what comparing one category with another costs."
    ),
    "few-labels": (
        "A few labels. Training and test sets are those of controlled contamination, and of images those of one class "
        "against all others. Of a few training samples it is told what they are: half of them anomalies among the "
        "contaminants, half normal; a single label is of an anomaly. Fewer labels are among more, and each seed draws "
        "others. Of flipped labels, on the same samples, a share says the opposite. Random labels are as many, of both "
        "kinds, on samples drawn from all: whatever they change is not due to what labels say."
    ),
    "labelled": (
        "Labelled anomalies of all other classes. Each class in turn is normal and every other class anomalous. To the "
        "normal images of the official training split, labelled anomalies of that split are added, of every other "
        "class in its share; nothing else contaminates. The official test split tests. So every kind of anomaly in the "
        "test set was there to learn from: these figures stand beside those of other detectors trained so, never "
        "beside one-class detection, and say nothing of anomalies of a new kind."
    ),
    "labelled-unseen": (
        "Labelled anomalies of some other classes. Each class in turn is normal and every other class anomalous. To "
        "the normal images of the official training split, labelled anomalies of that split are added, but only of a "
        "few classes, drawn anew for each seed. The official test split tests, with all classes; AUROC over unseen "
        "classes leaves out the anomalies of the classes that were seen. These figures never stand beside those of "
        "another protocol."
    ),
    "fixed-split": (
        "The official split. One class is normal, and every other class anomalous. All images of the official training "
        "split train, and detectors are told the label of each, or are given the normal ones alone; the official test "
        "split tests. It is one draw of a few test samples: intervals are bootstraps over these, and over seeds where "
        "there are several. A figure here can be set beside those that others published of the split."
    ),
    "cross-validation": (
        "Repeated stratified cross-validation. The samples, those of an official test split among them, are parted "
        "into equal folds that each hold their share of both kinds. Each fold tests once a repetition, and the others "
        "train: the label of each sample told, or the normal ones alone. Every repetition draws the folds anew. Folds "
        "share most of what they train on, so intervals are those of the corrected resampled t-test (Nadeau and "
        "Bengio, 2003)."
    ),
}

TRAININGS: dict[str, str] = {
    "blind": "trained on the contaminated set as it is: what everybody gets who does nothing",
    "refined": "trained on the same set with SRR's refinement; it sees no labels but those it is told",
    "oracle": "trained after the contaminants were taken out by their labels: what perfect refinement would reach",
}


def protocol_words(protocol: str) -> str:
    """Return the paragraph that explains a protocol; one that is not known is named as it is.

    Examples
    --------
    >>> protocol_words("adbench").split(".")[0]
    'The protocol of ADBench'
    """
    return PROTOCOLS.get(protocol, f"Protocol: {protocol}.")


def setting_words(configuration: Mapping[str, Any], levels: Sequence[str]) -> str:
    """Return what was varied, or told, in a few words, and which data sets were not at hand.

    Examples
    --------
    >>> setting_words({"absent": ["mvtec-cable", "mvtec-wood"]}, ["0 %"])
    'Contamination: 0 %. Left out, as they are not at hand: mvtec-cable, mvtec-wood'
    >>> setting_words({"protocol": "labelled-unseen", "labelled": 0.1, "seen_classes": 2}, ["0 %"])
    'Labelled anomalies: 10 % of the training set, of 2 classes a seed'
    >>> setting_words({"protocol": "cross-validation"}, ["0 %"]), setting_words({}, ["0 %", "5 %"])
    ('Folds: 5, one a seed', 'Contamination: 0 %, 5 %')
    """
    absent = ", ".join(configuration.get("absent", ()))
    return _varied(configuration, levels) + (f". Left out, as they are not at hand: {absent}" if absent else "")


def _varied(configuration: Mapping[str, Any], levels: Sequence[str]) -> str:
    protocol = configuration.get("protocol")
    if protocol == "cross-validation":
        return f"Folds: {configuration.get('folds', DEFAULT_FOLDS)}, one a seed"
    if protocol == "fixed-split":
        return "The label of every training sample is told"
    if configuration.get("labelled") is None:
        return f"Contamination: {', '.join(levels)}"
    words = f"Labelled anomalies: {percent(configuration['labelled'])} of the training set"
    seen = configuration.get("seen_classes")
    return words + (f", of {seen} class{'' if seen == 1 else 'es'} a seed" if seen else "")


def interval_words(protocols: Sequence[str], *, over_classes: bool) -> str:
    """Return what the intervals beside means are.

    Examples
    --------
    >>> interval_words(["fixed-split"], over_classes=False)
    'Means over seeds, with the 95 % bootstrap interval over test samples.'
    """
    if over_classes:
        return "Means over all classes and seeds, with the 95 % bootstrap interval over these runs."
    if "cross-validation" in protocols:
        return "Means over folds, with the 95 % corrected resampled t interval."
    over = " over test samples" if "fixed-split" in protocols else ""
    return f"Means over seeds, with the 95 % bootstrap interval{over}."
