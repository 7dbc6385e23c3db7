"""The protocols, explained to somebody who reads a report."""

from __future__ import annotations

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
}

TRAININGS: dict[str, str] = {
    "blind": "trained on the contaminated set as it is: what everybody gets who does nothing",
    "refined": "trained on the same set with SRR's refinement; it sees no labels",
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
