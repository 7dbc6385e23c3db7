"""Any value that a fitted estimator may hold goes through JSON text and arrays and comes back the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from dross.errors import ModelError
from dross.networks import AffineMapClassifier
from dross.one_class import GaussianDensity
from dross.persistence.packing import Packer
from dross.persistence.unpacking import Unpacker
from dross.refinement.trace import RefinementRound
from tests.persistence.bits import same

NUMBERS = st.one_of(
    npst.boolean_dtypes(),
    npst.integer_dtypes(endianness="="),
    npst.unsigned_integer_dtypes(endianness="="),
    npst.floating_dtypes(sizes=(16, 32, 64), endianness="="),
)
ARRAYS = npst.arrays(NUMBERS, npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    ARRAYS,
    ARRAYS.map(np.asfortranarray),
    NUMBERS.flatmap(npst.from_dtype),
    st.lists(st.text()).map(lambda words: np.array(words, dtype=object)),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.text(), st.integers()), inner, max_size=3),
    ),
    max_leaves=8,
)


def through_text(value: Any) -> Any:
    packer = Packer()
    text = json.dumps(packer.pack(value, "value"), allow_nan=False)
    return Unpacker(packer.arrays, packer.parts).unpack(json.loads(text))


@given(VALUES)
def test_values_come_back_the_same_in_type_and_bits(value: Any) -> None:
    assert same(through_text(value), value)


def test_an_array_that_is_met_twice_is_stored_once_and_comes_back_as_one() -> None:
    array = np.arange(3.0)
    packer = Packer()
    packed = packer.pack([array, (array,)], "value")
    assert list(packer.arrays) == ["value.0"]
    one, (other,) = Unpacker(packer.arrays, {}).unpack(packed)
    assert one is other


def test_a_network_comes_back_with_its_weights_and_draws_no_random_numbers() -> None:
    network = AffineMapClassifier(3, n_maps=4, map_dim=2, width=2).double().eval()
    before = torch.random.get_rng_state()
    loaded = through_text(network)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert not loaded.training
    assert {name: t.dtype for name, t in loaded.state_dict().items()} == {
        name: t.dtype for name, t in network.state_dict().items()
    }
    rows = torch.randn(5, 3, dtype=torch.float64)
    assert torch.equal(loaded(rows), network(rows))


def test_a_path_comes_back_as_text() -> None:
    assert through_text((Path("weights.pth"), 1)) == ("weights.pth", 1)


def test_the_record_of_a_round_comes_back() -> None:
    record = RefinementRound(
        round=1,
        epoch=0.5,
        kept=np.array([True, False]),
        votes=np.array([0, 2]),
        thresholds=np.array([1.5, np.inf]),
        rejection=0.5,
    )
    assert same(through_text([record]), [record])


@pytest.mark.parametrize(
    ("value", "kind"),
    [(object(), "builtins.object"), (len, "builtins.builtin_function_or_method"), ({1}, "builtins.set")],
)
def test_other_values_are_refused_by_name(value: Any, kind: str) -> None:
    detector = GaussianDensity(contamination=value)
    with pytest.raises(ModelError) as raised:
        Packer().pack(detector, "detector")
    assert str(raised.value) == (
        f"detector.contamination is a {kind}, which cannot be saved without pickle: use a detector of Dross or of "
        "scikit-learn (`dross detectors` lists them)"
    )


def test_arrays_of_objects_are_refused() -> None:
    with pytest.raises(ModelError) as raised:
        Packer().pack(np.array([object()]), "detector.samples_")
    assert str(raised.value) == (
        "detector.samples_ is an array of object, which cannot be saved: only numbers and text can"
    )
