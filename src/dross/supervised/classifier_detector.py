"""Any classifier of scikit-learn as a detector that learns from labels."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar, Literal, Self, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone, is_classifier
from sklearn.utils import Tags, get_tags
from sklearn.utils.validation import _num_samples, check_is_fitted

from dross.data.images import as_images
from dross.detector import AbstractDetector
from dross.errors import ThresholdWarning, raise_gathered
from dross.parameters import choice_problems, count_problems, estimator_problems, truth_problems
from dross.representations import Identity
from dross.scoring import finite_scores, threshold_offset
from dross.seeding import integer_seed, set_random_states
from dross.supervised.alarm_rules import (
    best_f1_offset,
    false_alarm_offset,
    offset_from,
    outside_problems,
    threshold_problems,
)
from dross.supervised.augmented_images import with_augmented_copies
from dross.supervised.classification_pipeline import fit_pipeline
from dross.supervised.classifier_settings import setting_problems
from dross.supervised.known_rows import Unlabelled, known_rows
from dross.supervised.labelled_samples import takeable, taken
from dross.supervised.stratified_folds import stratified_folds, told_of_folds


@final
class ClassifierDetector(AbstractDetector):
    """Score samples by what a classifier of normal samples and labelled anomalies says of them.

    Use it where some dozens of anomalies are labelled, of all kinds that are to be found: it then sees what no
    detector that is told nothing can see. Do not use it for anomalies of kinds that nobody has labelled, which it may
    take for normal with great certainty; a detector without labels beside it will not.

    It assumes labels without many mistakes, and new samples of the kinds that are labelled.

    Parameters
    ----------
    classifier : estimator with ``fit`` and ``predict_proba``, or ``decision_function``
        Any classifier of two classes of scikit-learn, or a pipeline that ends with one.
    representation : estimator with ``fit`` and ``transform``, or None
        From samples to features of shape (n_samples, k); images need one. ``None``: the features as they are.
    n_components : int or None, default None
        How many principal components of the features to keep, learned from the training samples; ``None``: no
        projection.
    smote : bool, default False
        Whether new samples of the rarer kind are made up between those there are, until both kinds are as many.
    smote_neighbors : int, default 5
        Between each sample and which number of its nearest.
    augment : bool, default False
        Whether training images get ``n_copies`` beside them, mirrored, turned by up to 45 degrees and moved by up to
        4 pixels.
    n_copies : int, default 4
        Of each image, where they are augmented.
    unlabelled : {"left out", "normal"}, default "left out"
        What becomes of training samples labelled -1, not known.
    threshold : {"half", "contamination", "false-alarms", "validation-f1"} or float, default "half"
        Where the alarm threshold goes. "half": an anomaly as likely as not raises an alarm, as does a margin of 0,
        also where it is a tie. "contamination": the share ``contamination`` of the training samples does.
        "false-alarms": at most the share ``false_alarm_rate`` of the normal ones does. "validation-f1": where F1 is
        highest. The last three go by scores of samples that were held out, fold by fold, from the classifier that
        scored them. A number: from this probability, or margin, on.
    contamination : float in (0, 0.5] or "auto", default "auto"
        What ``threshold="contamination"`` goes by; ``"auto"``: Tukey's outer fence.
    false_alarm_rate : float in (0, 1), default 0.05
        What ``threshold="false-alarms"`` goes by.
    n_folds : int, default 5
        In how many parts samples are held out for the threshold.
    random_state : int, RandomState or None, default None
        Draws the copies, what SMOTE makes up and the folds, and seeds the parts that have no seed of their own.

    Attributes
    ----------
    representation_ : estimator
        The fitted representation.
    components_ : sklearn.decomposition.PCA or None
        The fitted projection.
    classifier_ : estimator
        The fitted classifier; its class 1 is an anomaly.
    score_is_probability_ : bool
        Whether ``score_samples`` is minus a probability; else it is minus a margin (``decision_function``).
    offset_ : float
        The alarm threshold on ``score_samples``.
    findings_ : list of str
        That the threshold lies outside the scores, where it does.

    Raises
    ------
    ParameterError
        If parameters are out of their range; ``fit`` names all at once.

    References
    ----------
    Hand and Yu, "Idiot's Bayes - not so stupid after all?", International Statistical Review 2001, on plain classifiers
    as the bar; the classifiers have papers of their own.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> X = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [9.0]])
    >>> detector = ClassifierDetector(KNeighborsClassifier(1)).fit(X, labels=[0, 0, 0, 1, 1, -1])
    >>> detector.predict([[0.3], [4.0]]).tolist()
    [1, -1]
    """

    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "needed"

    representation_: Any
    components_: Any
    classifier_: Any
    score_is_probability_: bool
    findings_: list[str]

    def __init__(
        self,
        classifier: Any,
        representation: Any = None,
        *,
        n_components: int | None = None,
        smote: bool = False,
        smote_neighbors: int = 5,
        augment: bool = False,
        n_copies: int = 4,
        unlabelled: Unlabelled = "left out",
        threshold: Literal["half", "contamination", "false-alarms", "validation-f1"] | float = "half",
        contamination: float | Literal["auto"] = "auto",
        false_alarm_rate: float = 0.05,
        n_folds: int = 5,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.classifier = classifier
        self.representation = representation
        self.n_components = n_components
        self.smote = smote
        self.smote_neighbors = smote_neighbors
        self.augment = augment
        self.n_copies = n_copies
        self.unlabelled = unlabelled
        self.threshold = threshold
        self.contamination = contamination
        self.false_alarm_rate = false_alarm_rate
        self.n_folds = n_folds
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, labels: ArrayLike | None = None) -> Self:
        """Fit the representation, the steps and the classifier on the samples whose label is known.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            Training samples, as the representation takes them.
        y : None
            Ignored.
        labels : array of shape (n_samples,)
            What is known: 0 normal, 1 an anomaly, -1 not known. Needed, with both 0 and 1 in it.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        DataError
            If there are no labels, or of one kind only; or too few of one kind for SMOTE, or for the folds.

        Warns
        -----
        ThresholdWarning
            If all training samples raise an alarm, or none does.
        """
        raise_gathered(self._parameter_problems())
        samples = takeable(X, self)
        rows, known = known_rows(labels, _num_samples(samples), self.unlabelled, type(self).__name__)
        samples, seed = taken(samples, rows), integer_seed(self.random_state)
        scores = self._learn(samples, known, seed)
        self.offset_ = self._offset(samples, known, seed)
        self.findings_ = outside_problems(scores, self.offset_)
        for finding in self.findings_:
            warnings.warn(f"{type(self).__name__}: {finding}", ThresholdWarning, stacklevel=2)
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return minus the probability of "anomaly", or minus its margin, shape (n_samples,): higher = more normal."""
        check_is_fitted(self)
        return self._scores(self.representation_.transform(X))

    def _learn(self, samples: Any, known: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
        """Fit all parts, and return the scores of the samples."""
        if self.augment:
            copies = with_augmented_copies(samples, self.n_copies, seed)
            samples = as_images(copies, size=(copies.shape[1], copies.shape[2]))
            known = np.tile(known, 1 + self.n_copies)
        rng = np.random.RandomState(seed)
        parts = [Identity(scaling="none") if self.representation is None else self.representation, self.classifier]
        representation, classifier = (set_random_states(clone(part), rng, only_unset=True) for part in parts)
        self.representation_ = representation.fit(samples)
        features = self.representation_.transform(samples)
        neighbors = self.smote_neighbors if self.smote else None
        pipeline = fit_pipeline(
            classifier, features, known, n_components=self.n_components, n_neighbors=neighbors, seed=seed
        )
        self.components_ = pipeline.named_steps.get("components")
        self.classifier_ = pipeline.named_steps["classifier"]
        self.score_is_probability_ = hasattr(self.classifier_, "predict_proba")
        return self._scores(features)

    def _scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        return finite_scores(self._normality, features)

    def _normality(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.components_ is not None:
            features = self.components_.transform(features)
        if self.score_is_probability_:
            return -self.classifier_.predict_proba(features)[:, 1]
        return -self.classifier_.decision_function(features)

    def _offset(self, samples: Any, known: NDArray[np.int64], seed: int) -> float:
        if not isinstance(self.threshold, str):
            return offset_from(float(self.threshold))
        if self.threshold == "half":
            return offset_from(0.5 if self.score_is_probability_ else 0.0)
        scores = self._held_out_scores(samples, known, seed)
        if self.threshold == "contamination":
            return threshold_offset(scores, self.contamination)
        if self.threshold == "false-alarms":
            return false_alarm_offset(scores[known == 0], self.false_alarm_rate)
        return best_f1_offset(scores, known)

    def _held_out_scores(self, samples: Any, known: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
        """Return the score of each sample by a detector of its kind that was fitted without it."""
        scores = np.empty(len(known))
        for learned, held_out in stratified_folds(known, self.n_folds, 1, seed):
            part = clone(self).set_params(threshold="half", contamination="auto", random_state=seed)
            with warnings.catch_warnings(), told_of_folds(self.n_folds):
                warnings.simplefilter("ignore", ThresholdWarning)  # its threshold is not used
                part.fit(taken(samples, learned), labels=known[learned])
            scores[held_out] = part.score_samples(taken(samples, held_out))
        return scores

    def _parameter_problems(self) -> list[str]:
        problems = [] if self.n_components is None else count_problems("n_components", self.n_components)
        problems += truth_problems("smote", self.smote)
        problems += count_problems("smote_neighbors", self.smote_neighbors)
        problems += truth_problems("augment", self.augment) + count_problems("n_copies", self.n_copies)
        problems += choice_problems("unlabelled", self.unlabelled, ["left out", "normal"])
        problems += threshold_problems(self.threshold, self.contamination, self.false_alarm_rate)
        problems += count_problems("n_folds", self.n_folds, least=2)
        if self.representation is not None:
            problems += estimator_problems("representation", self.representation, ["fit", "transform"])
        if not problems and self.augment and not get_tags(self).input_tags.three_d_array:
            problems += [
                f"augment is {self.augment!r}, and only images can be mirrored and turned: leave it out, or give a "
                "representation of images"
            ]
        return problems + self._classifier_problems()

    def _classifier_problems(self) -> list[str]:
        problems = estimator_problems("classifier", self.classifier, ["fit"])
        scorers = ("predict_proba", "decision_function")
        # Detectors have a decision function too, with the opposite sign.
        if problems:
            return problems
        if is_classifier(self.classifier) and any(hasattr(self.classifier, verb) for verb in scorers):
            return setting_problems(self.classifier)
        return [f"classifier is {self.classifier!r}; it must be a classifier with predict_proba or decision_function"]

    @property
    def n_features_in_(self) -> int:
        """The number of features seen in ``fit``, where the representation knows it."""
        return self._fitted_representation().n_features_in_

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        """The names of the features seen in ``fit``, where they had names."""
        return self._fitted_representation().feature_names_in_

    def _fitted_representation(self) -> Any:
        # Raises AttributeError before fit, which is how scikit-learn's tools ask whether there is such an attribute.
        return vars(self).get("representation_", object())

    def __sklearn_tags__(self) -> Tags:
        """Say that what the representation takes is taken; missing values are not."""
        tags = super().__sklearn_tags__()
        if self.representation is not None:
            tags.input_tags = get_tags(self.representation).input_tags
        return tags
